import GRDB
package import Knowledge
package import Persistence

extension SQLiteStore {
    package func task(id: Identifier) async throws -> TaskRecord? {
        try await read { try $0.task(id) }
    }

    package func tasks(_ query: TaskQuery, slice: Slice) async throws -> [TaskRecord] {
        var conditions = Conditions()
        // As a literal, so that SQLite sees that the status's index serves.
        if let status = query.status { conditions.add("t.status = \(status.rawValue)") }
        conditions.add(projects: query.projects, column: "t.project")
        if let type = query.type { conditions.add("t.type = ?", type) }
        if let entity = query.entity { conditions.add("t.number IN (\(Self.tasksOfMemory))", entity, entity) }
        if let parent = query.parent { conditions.add("t.parent = (SELECT number FROM tasks WHERE id = ?)", parent) }
        conditions.add(search: query.search, columns: [Self.idText, Self.messageText, "r.error"])
        let tables = TaskRecord.tables(index: query.status?.index ?? "")
        let sql = "SELECT \(TaskRecord.columns) FROM \(tables)\(conditions.sql) ORDER BY t.number DESC LIMIT ? OFFSET ?"
        let values = conditions.values + [max(0, slice.limit), max(0, slice.offset)]
        return try await read { try $0.all(sql, with: values) { try TaskRecord(&$0) } }
    }

    private static let tasksOfMemory = """
        SELECT task FROM memories WHERE id = ?
        UNION ALL SELECT f.task FROM memories m CROSS JOIN former_tasks f ON f.memory = m.number WHERE m.id = ?
        """

    /// What a task says; see ``TaskRecord/init(_:)``.
    private static let messageText =
        "coalesce(r.message, iif(t.is_resumed, '\(TaskRecord.resumedMessage)', '\(TaskRecord.queuedMessage)'))"

    /// A task's id as people write it.
    private static let idText = [(1, 8), (9, 4), (13, 4), (17, 4), (21, 12)].map { "substr(hex(t.id), \($0.0), \($0.1))" }
        .joined(separator: " || '-' || ")

    package func statistics(since moment: Timestamp, now: Timestamp, projects: [ProjectNumber]?) async throws -> TaskStatistics {
        var conditions = Conditions()
        conditions.add(projects: projects, column: "project")
        let sql = StatisticsQueries(also: conditions.sql.replacing(" WHERE ", with: " AND "))
        let values = conditions.values
        return try await read { db in
            func count(_ sql: String, _ times: Timestamp...) throws -> Int {
                try db.all(sql, with: times.map { $0 as any Storable } + values) { try $0.next(Int.self) }.first ?? 0
            }
            func counts(_ sql: String) throws -> (all: Int, recent: Int, oldest: Timestamp?) {
                try db.all(sql, with: [moment] + values) { (try $0.next(Int.self), try $0.next(Int.self), try $0.next(Timestamp?.self)) }
                    .first
                    ?? (0, 0, nil)
            }
            let pending = try counts(sql.pending)
            let processing = try counts(sql.processing)
            let failed = try counts(sql.failed)
            let cancelled = try counts(sql.cancelled)
            let accepted = try count(sql.accepted, moment)
            return TaskStatistics(
                counts: [
                    .pending: pending.all, .processing: processing.all, .failed: failed.recent, .cancelled: cancelled.recent,
                    .completed: accepted - pending.recent - processing.recent - failed.recent - cancelled.recent
                ],
                completedLastMinute: try count(sql.completedWithin, now.advanced(bySeconds: -60), now), oldestPending: pending.oldest)
        }
    }

    package func backlog() async throws -> [LaneBacklog] {
        try await read { db in
            let sql = """
                SELECT project, priority, count(*) FROM tasks WHERE status = 0 AND project NOT IN (SELECT number FROM deleted_projects)
                GROUP BY project, priority ORDER BY project, priority
                """
            return try db.all(sql) { cells in
                LaneBacklog(lane: Lane(project: try cells.next(), priority: try cells.next()), count: try cells.next())
            }
        }
    }
}

/// Counts that read indexes only. The completed ones, the many, are what remains of all that were accepted.
private struct StatisticsQueries {
    let pending: String
    let processing: String
    let failed: String
    let cancelled: String
    let accepted: String
    let completedWithin: String

    /// - Parameter also: a further condition on the project, or nothing.
    init(also: String) {
        func counts(_ status: TaskStatus) -> String {
            // `total` of nothing is 0, where `sum` is NULL; it is a floating-point number, exact far beyond any count.
            """
            SELECT count(*), CAST(total(created_at >= ?) AS INTEGER), min(\(status == .pending ? "queued_at" : "created_at")) FROM tasks
            WHERE status = \(status.rawValue)\(also)
            """
        }
        pending = counts(.pending)
        processing = counts(.processing)
        failed = counts(.failed)
        cancelled = counts(.cancelled)
        accepted = "SELECT count(*) FROM tasks INDEXED BY tasks_by_creation WHERE created_at >= ?\(also)"
        completedWithin = """
            SELECT count(*) FROM tasks INDEXED BY tasks_completed WHERE status = 2 AND ended_at > ? AND ended_at <= ?\(also)
            """
    }
}

extension Database {
    func task(_ id: Identifier) throws -> TaskRecord? {
        try first(TaskRecord.byID, id) { try TaskRecord(&$0) }
    }

    func task(_ number: TaskNumber) throws -> TaskRecord? {
        try first(TaskRecord.byNumber, number) { try TaskRecord(&$0) }
    }
}
