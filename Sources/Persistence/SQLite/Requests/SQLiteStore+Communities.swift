import GRDB
package import Knowledge
package import Persistence

extension SQLiteStore {
    package func communities(projects: [ProjectNumber]?, minimumMembers: Int, slice: Slice) async throws -> Page<CommunityView> {
        var conditions = Conditions()
        conditions.add("c.member_count >= ?", minimumMembers)
        conditions.add(projects: projects, column: "c.project")
        let count = "SELECT count(*) FROM communities c\(conditions.sql)"
        let rows = "SELECT \(CommunityView.columns) FROM \(CommunityView.tables)\(conditions.sql) \(CommunityView.order) LIMIT ? OFFSET ?"
        let values = conditions.values
        return try await read { db in
            var page = try db.page(count, rows, values, slice) { try CommunityView(&$0) }
            for index in page.elements.indices {
                page.elements[index].leadingNames = try db.leadingNames(of: page.elements[index].record.number)
            }
            return page
        }
    }

    package func community(id: Identifier) async throws -> CommunityView? {
        try await read { db in
            let sql = "SELECT \(CommunityView.columns) FROM \(CommunityView.tables) WHERE c.id = ?"
            guard var view = try db.first(sql, id, read: { try CommunityView(&$0) }) else { return nil }
            view.leadingNames = try db.leadingNames(of: view.record.number)
            return view
        }
    }

    package func members(of community: CommunityNumber, slice: Slice) async throws -> Page<EntityView> {
        try await read { db in
            guard try db.isLive("communities", community) else { return Page([], total: 0) }
            return try db.page(
                "SELECT count(*) FROM entities WHERE community = ?",
                "SELECT \(EntityView.columns) FROM \(EntityView.tables) WHERE e.community = ? \(EntityView.order) LIMIT ? OFFSET ?",
                [community],
                slice
            ) { try EntityView(&$0) }
        }
    }

    package func graph(of project: ProjectNumber, limit: Int) async throws -> GraphView {
        try await read { db in
            guard try db.isLive(project) else {
                return GraphView(entities: [], relationships: [], memories: [], mentions: [], communities: [])
            }
            return try db.graph(of: project, limit: max(0, limit))
        }
    }
}

extension Database {
    fileprivate func leadingNames(of community: CommunityNumber) throws -> [String] {
        try all("SELECT e.name FROM entities e WHERE e.community = ? \(EntityView.order) LIMIT 5", community) { try $0.next(String.self) }
    }

    /// Asks for the surroundings entity by entity: `limit` small lookups each, in one snapshot.
    fileprivate func graph(of project: ProjectNumber, limit: Int) throws -> GraphView {
        let entities = try all(
            "SELECT \(EntityView.columns) FROM \(EntityView.tables) WHERE e.project = ? \(EntityView.order) LIMIT ?", project, limit
        ) { try EntityView(&$0) }
        let shown = Dictionary(entities.map { ($0.record.number, $0.record.id) }, uniquingKeysWith: { first, _ in first })
        let relationships = try entities.flatMap { entity in
            try all(
                "SELECT \(RelationshipRecord.columns) FROM relationships r WHERE r.source = ?", entity.record.number
            ) { try RelationshipRecord(&$0) }.filter { shown[$0.target] != nil }
        }
        // A memory among the newest of all is among the newest of each entity that it names.
        let naming = try Set(
            entities.flatMap { entity in
                try all("SELECT memory FROM entity_memories WHERE entity = ? ORDER BY memory DESC LIMIT ?", entity.record.number, limit) {
                    try $0.next(MemoryNumber.self)
                }
            }
        ).sorted(by: >).prefix(limit)
        var memories: [MemoryReference] = []
        var mentions: [GraphView.Mention] = []
        for number in naming {
            let sql = "SELECT \(MemoryReference.columns) FROM memories m WHERE m.number = ?"
            guard let memory = try first(sql, number, read: { try MemoryReference(&$0) }) else { continue }
            memories.append(memory)
            for mention in try self.mentions(in: number) {
                if let entity = shown[mention.entity] { mentions.append(GraphView.Mention(memory: memory.id, entity: entity)) }
            }
        }
        return GraphView(
            entities: entities, relationships: relationships.sorted { $0.number < $1.number }, memories: memories, mentions: mentions,
            communities: try communities(of: entities))
    }

    private func communities(of entities: [EntityView]) throws -> [CommunityView] {
        let views = try Set(entities.compactMap(\.record.community)).compactMap { number -> CommunityView? in
            let sql = "SELECT \(CommunityView.columns) FROM \(CommunityView.tables) WHERE c.number = ?"
            guard var view = try first(sql, number, read: { try CommunityView(&$0) }) else { return nil }
            view.leadingNames = try leadingNames(of: number)
            return view
        }
        return views.sorted { ($0.record.memberCount, $1.record.number) > ($1.record.memberCount, $0.record.number) }
    }
}
