/// The part of a `201` of `POST /memories/` that a watcher needs.
struct AcceptedMemory: Decodable, Sendable {
    let id: String
    let taskID: String
    /// Relative, with a ticket in it.
    let streamURL: String

    private enum CodingKeys: String, CodingKey {
        case id
        case taskID = "task_id"
        case streamURL = "stream_url"
    }
}
