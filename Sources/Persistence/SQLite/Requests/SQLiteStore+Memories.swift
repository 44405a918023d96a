import GRDB
package import Knowledge
package import Persistence

extension SQLiteStore {
    package func memory(id: Identifier) async throws -> MemoryRecord? {
        try await read { db in
            try db.first("SELECT \(MemoryRecord.columns) FROM \(MemoryRecord.tables) WHERE m.id = ?", id) { try MemoryRecord(&$0) }
        }
    }

    package func memories(_ query: MemoryQuery, slice: Slice) async throws -> Page<MemoryRecord> {
        var conditions = Conditions()
        var tables = MemoryRecord.tables
        var project = "m.project"
        var order = "m.number"
        // Statuses as literals, so that SQLite sees that their indexes serve. The few come from their tasks, the many are scanned until the limit.
        switch query.status {
        case nil:
            break
        case .completed?:
            conditions.add("coalesce(t.status, f.status) = 2")
        case .pending?, .processing?:
            let status = query.status ?? .pending
            conditions.add("t.status = \(status.rawValue)")
            // Tasks of older versions are not the memory's.
            conditions.add("m.task = t.number")
            tables = """
                tasks t \(status.index) CROSS JOIN memories m ON m.number = t.memory CROSS JOIN projects p ON p.number = m.project
                LEFT JOIN pruned_tasks f ON f.memory = m.number
                """
            project = "t.project"
            order = "t.number"
        case .failed?, .cancelled?:
            let status = query.status ?? .failed
            var scope = Conditions()
            scope.add(projects: query.projects, column: "project")
            tables = """
                (SELECT memory AS number FROM tasks \(status.index) WHERE status = \(status.rawValue)\(scope.more)
                    UNION SELECT memory FROM pruned_tasks WHERE status = \(status.rawValue) AND status > 2) AS s
                CROSS JOIN memories m ON m.number = s.number \(MemoryRecord.surroundings)
                """
            conditions.add("coalesce(t.status, f.status) = \(status.rawValue)")
            conditions.precede(with: scope)
        }
        conditions.add(projects: query.projects, column: project)
        if let tag = query.tag { conditions.add("instr(m.tags, ?) > 0", StringsText.needle(for: tag)) }
        conditions.add(search: query.search, columns: ["m.title", "m.content"])
        // The texts are read of those in the slice alone.
        let rows = """
            SELECT \(MemoryRecord.columns) FROM \(MemoryRecord.tables)
            WHERE m.number IN (SELECT m.number FROM \(tables)\(conditions.sql) ORDER BY \(order) DESC LIMIT ? OFFSET ?)
            ORDER BY \(order) DESC
            """
        let isAll = query.projects == nil && query.status == nil && query.tag == nil && query.search == nil
        let count = isAll ? Self.allMemories : "SELECT count(*) FROM \(query.status == nil ? "memories m" : tables)\(conditions.sql)"
        let values = conditions.values
        return try await read { db in
            let total = try db.all(count, with: isAll ? [] : values) { try $0.next(Int.self) }.first ?? 0
            guard slice.offset < total else { return Page([], total: total) }
            return Page(
                try db.all(rows, with: values + [max(0, slice.limit), max(0, slice.offset)]) { try MemoryRecord(&$0) }, total: total)
        }
    }

    /// SQLite counts a whole table without a look at its rows.
    private static let allMemories = """
        SELECT (SELECT count(*) FROM memories) - (SELECT count(*) FROM memories WHERE project IN (SELECT number FROM deleted_projects))
        """

    package func mentions(in memory: MemoryNumber) async throws -> [MentionView] {
        try await read { db in
            guard try db.isLive("memories", memory) else { return [] }
            return try db.mentions(in: memory).compactMap { mention in
                try db.first("SELECT id, name, type FROM entities WHERE number = ?", mention.entity) { cells in
                    MentionView(entityID: try cells.next(), name: try cells.next(), type: try cells.next(), ranges: mention.ranges)
                }
            }
        }
    }
}

extension Database {
    func mentions(in memory: MemoryNumber) throws -> [GraphDelta.Mention] {
        try first("SELECT packed FROM mentions WHERE memory = ?", memory) { try $0.next(ContributionBlob.self) }?.contribution.mentions
            ?? []
    }
}
