/// The part of `GET /tasks/{id}` that is looked at.
struct TaskView: Decodable, Sendable {
    /// What the task did; which fields there are depends on its type.
    struct Receipt: Decodable, Sendable {
        let entitiesCreated: Int
        let entitiesMerged: Int
        let relationshipsCreated: Int
        let warning: String?

        private enum CodingKeys: String, CodingKey {
            case entitiesCreated = "entities_created"
            case entitiesMerged = "entities_merged"
            case relationshipsCreated = "relationships_created"
            case warning
        }
    }

    let id: String
    let status: String
    let result: Receipt?
}
