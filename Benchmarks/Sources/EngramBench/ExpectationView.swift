/// The part of `GET /tasks/{id}`, and of an event, that says when the task will be done.
struct ExpectationView: Decodable, Sendable {
    let id: String
    /// Capitalised in a task object and in a terminal event, in lower case in others.
    let status: String
    let etaSeconds: Double?
    let queuePosition: Int?
    let completedAt: String?
    let occurredAt: String?

    private enum CodingKeys: String, CodingKey {
        case id, status
        case etaSeconds = "eta_seconds"
        case queuePosition = "queue_position"
        case completedAt = "completed_at"
        case occurredAt = "occurred_at"
    }
}
