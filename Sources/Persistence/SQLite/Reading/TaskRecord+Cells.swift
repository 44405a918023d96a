import Knowledge
import Persistence

extension TaskRecord {
    static let columns = """
        t.number, t.id, t.type, t.project, p.id, p.name, t.priority, t.place, t.status, t.revision, t.attempt, t.earlier_attempts, m.number, m.id, t.parent, o.id, t.stage, t.progress, \
        r.message, r.error, r.result, r.timeline, t.ended_epoch, t.is_resumed, t.created_at, t.queued_at, t.started_at, t.ended_at
        """
    static let tables = tables(index: "")
    /// `CROSS JOIN` keeps the order: tasks first, the rest looked up by number.
    /// - Parameter index: `INDEXED BY …`, or nothing.
    static func tables(index: String) -> String {
        """
        tasks t \(index) CROSS JOIN projects p ON p.number = t.project LEFT JOIN memories m ON m.number = t.memory
            LEFT JOIN task_reports r ON r.task = t.number LEFT JOIN tasks o ON o.number = t.parent
        """
    }
    static let byNumber = "SELECT \(columns) FROM \(tables) WHERE t.number = ?"
    static let byID = "SELECT \(columns) FROM \(tables) WHERE t.id = ?"
    /// Reads ``columns``.
    init(_ cells: inout Cells) throws {
        // A task without a report has shown nothing yet.
        var hasReport = true
        self.init(
            number: try cells.next(), id: try cells.next(), type: try cells.next(), project: try cells.next(), projectID: try cells.next(),
            projectName: try cells.next(), priority: try cells.next(), place: try cells.next(), status: try cells.next(),
            revision: try cells.next(), attempt: try cells.next(), earlierAttempts: try cells.next(), memory: try cells.next(),
            memoryID: try cells.next(), parent: try cells.next(),
            parentID: try cells.next(), stage: try cells.next(),
            progress: try cells.next(),
            message: try { () throws -> String in
                let message = try cells.next(String?.self)
                hasReport = message != nil
                return message ?? ""
            }(), error: try cells.next(), result: try cells.next(),
            timeline: try cells.next(TimelineText?.self)?.entries ?? [], endedEpoch: try cells.next(), isResumed: try cells.next(),
            createdAt: try cells.next(), queuedAt: try cells.next(), startedAt: try cells.next(), endedAt: try cells.next())
        if !hasReport { message = isResumed ? Self.resumedMessage : Self.queuedMessage }
    }
}

extension TaskStatus {
    /// Makes a list of tasks of this status, newest first, start from those that have it where they are few. (Waiting tasks may be many, but are
    /// among the newest.)
    var index: String {
        switch self {
        case .pending, .completed: ""
        case .processing: "INDEXED BY tasks_processing"
        case .failed: "INDEXED BY tasks_failed"
        case .cancelled: "INDEXED BY tasks_cancelled"
        }
    }
}
