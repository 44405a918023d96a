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
        let index = query.status?.index ?? ""
        let slicing = "\(conditions.sql) ORDER BY t.number DESC LIMIT ? OFFSET ?"
        // Where the tasks themselves say which are wanted, nothing else is looked up before the slice is known.
        let sql =
            query.search == nil
            ? """
            SELECT \(TaskRecord.columns) FROM \(TaskRecord.tables) WHERE t.number IN (SELECT t.number FROM tasks t \(index)\(slicing))
            ORDER BY t.number DESC
            """ : "SELECT \(TaskRecord.columns) FROM \(TaskRecord.tables(index: index))\(slicing)"
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
        let (counted, backlog) = ledger.read { ($0.statistics(since: moment, now: now, projects: projects), $0.backlog(of: projects)) }
        let head = "SELECT queued_at FROM tasks WHERE status = 0 AND project = ? AND priority = ? ORDER BY place LIMIT 1"
        return try await read { db in
            var statistics = counted
            statistics.oldestPending = try backlog.compactMap { backlog in
                try db.first(head, backlog.lane.project, backlog.lane.priority) { try $0.next(Timestamp.self) }
            }.min()
            return statistics
        }
    }

    package func backlog() async throws -> [LaneBacklog] {
        // For what a closed store answers.
        try await read { _ in }
        return ledger.read { $0.backlog() }
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
