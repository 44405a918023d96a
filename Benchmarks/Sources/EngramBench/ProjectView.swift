/// The part of a project that is looked at.
struct ProjectView: Decodable, Sendable {
    let id: String
}
