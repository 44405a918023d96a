import GRDB
package import Knowledge
package import Persistence

extension SQLiteStore {
    package func entities(_ query: EntityQuery, slice: Slice) async throws -> Page<EntityView> {
        var conditions = Conditions()
        conditions.add(projects: query.projects, column: "e.project")
        if let type = query.type { conditions.add("e.type = ?", type) }
        conditions.add(search: query.search, columns: ["e.name"])
        let count = "SELECT count(*) FROM entities e\(conditions.sql)"
        let rows = "SELECT \(EntityView.columns) FROM \(EntityView.tables)\(conditions.sql) \(EntityView.order) LIMIT ? OFFSET ?"
        let values = conditions.values
        return try await read { try $0.page(count, rows, values, slice) { try EntityView(&$0) } }
    }

    package func entity(id: Identifier) async throws -> EntityView? {
        try await read { db in
            try db.first("SELECT \(EntityView.columns) FROM \(EntityView.tables) WHERE e.id = ?", id) { try EntityView(&$0) }
        }
    }

    package func entityTypes(projects: [ProjectNumber]?) async throws -> [(type: String, count: Int)] {
        var conditions = Conditions()
        conditions.add(projects: projects, column: "project")
        let sql = "SELECT type, count(*) FROM entities\(conditions.sql) GROUP BY type ORDER BY count(*) DESC, type"
        let values = conditions.values
        return try await read { db in
            try db.all(sql, with: values) { cells in (type: try cells.next(String.self), count: try cells.next(Int.self)) }
        }
    }

    package func memories(naming entity: EntityNumber, limit: Int) async throws -> [MemoryReference] {
        try await read { db in
            try db.all(
                """
                SELECT \(MemoryReference.columns) FROM entity_memories n CROSS JOIN memories m ON m.number = n.memory
                CROSS JOIN projects p ON p.number = m.project WHERE n.entity = ? ORDER BY n.memory DESC LIMIT ?
                """, entity, max(0, limit)
            ) { try MemoryReference(&$0) }
        }
    }

    package func relationships(of entity: EntityNumber, type: String?, limit: Int) async throws -> Page<RelationshipView> {
        let ofType = type == nil ? "?2 IS NULL" : "r.type = ?2"
        let edges = """
            (SELECT \(RelationshipRecord.columns) FROM relationships r WHERE r.source = ?1 AND \(ofType)
            UNION ALL SELECT \(RelationshipRecord.columns) FROM relationships r WHERE r.target = ?1 AND r.source <> ?1 AND \(ofType)) AS r
            """
        let rows = """
            SELECT \(RelationshipRecord.columns), \(EntityRecord.columns) FROM \(edges)
            CROSS JOIN entities e ON e.number = CASE WHEN r.source = ?1 THEN r.target ELSE r.source END
            ORDER BY r.weight DESC, r.number LIMIT ?3
            """
        return try await read { db in
            guard try db.isLive("entities", entity) else { return Page([], total: 0) }
            let total = try db.value("SELECT count(*) FROM \(edges)", entity, type, as: Int.self)
            var views = try db.all(rows, entity, type, max(0, limit)) { cells in
                let record = try RelationshipRecord(&cells)
                return RelationshipView(record: record, isOutgoing: record.source == entity, other: try EntityRecord(&cells), memories: [])
            }
            for index in views.indices {
                views[index].memories = try db.all(
                    """
                    SELECT m.id FROM relationship_memories s CROSS JOIN memories m ON m.number = s.memory
                    WHERE s.relationship = ? ORDER BY s.memory LIMIT 100
                    """, views[index].record.number
                ) { try $0.next(Identifier.self) }
            }
            return Page(views, total: total)
        }
    }
}

extension Database {
    /// A slice of a list, and how long that is.
    func page<Element: Sendable>(
        _ count: String, _ rows: String, _ values: [any Storable], _ slice: Slice, read: (inout Cells) throws -> Element
    ) throws -> Page<Element> {
        let total = try all(count, with: values) { try $0.next(Int.self) }.first ?? 0
        guard slice.offset < total, slice.limit > 0 else { return Page([], total: total) }
        return Page(try all(rows, with: values + [slice.limit, max(0, slice.offset)], read: read), total: total)
    }
}
