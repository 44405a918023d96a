/// `GET /memories/`, of which only the total is looked at.
struct MemoryPage: Decodable, Sendable {
    let total: Int
}
