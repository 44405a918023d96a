import GRDB
package import Knowledge
package import Persistence

extension SQLiteStore {
    package func graphHeader(of project: ProjectNumber) async throws -> GraphHeader {
        try await read { db in
            let header = try db.first("SELECT graph_version, graph_weight FROM projects WHERE number = ?", project) { cells in
                GraphHeader(version: try cells.next(), totalWeight: try cells.next())
            }
            guard let header else { throw StoreError.notFound("project") }
            return header
        }
    }

    package func graphFacts(of project: ProjectNumber, for needs: GraphNeeds) async throws -> GraphFacts {
        try await read { db in
            var facts = GraphFacts()
            // A number that nothing has stands for a project that was deleted.
            let project = try db.isLive(project) ? project : ProjectNumber(0)
            for name in needs.names { facts.names[name] = try db.entities(named: name, in: project) }
            for key in needs.relationships { facts.relationships.updateValue(try db.relationship(key, in: project), forKey: key) }
            for entity in needs.neighbourhoods { facts.neighbourhoods[entity] = try db.neighbours(of: entity, in: project) }
            facts.communities = try Set(needs.communities).sorted().compactMap { try db.community($0, in: project) }
            if let retraction = needs.retraction { facts.retraction = try db.facts(for: retraction, in: project) }
            if needs.schema { facts.schema = Set(try db.schema(of: project).map { SchemaRecord($0.element) }) }
            return facts
        }
    }

    package func schema(of project: ProjectNumber) async throws -> [SchemaView] {
        try await read { db in try db.isLive(project) ? db.schema(of: project) : [] }
    }
}

extension Database {
    fileprivate func entities(named key: String, in project: ProjectNumber) throws -> [EntityRecord] {
        try all(
            """
            SELECT \(EntityRecord.columns) FROM entity_names n CROSS JOIN entities e ON e.number = n.entity
            WHERE n.project = ? AND n.key = ? ORDER BY n.entity
            """, project, key
        ) { try EntityRecord(&$0) }
    }

    fileprivate func relationship(_ key: RelationshipKey, in project: ProjectNumber) throws -> RelationshipRecord? {
        try first(
            """
            SELECT \(RelationshipRecord.columns) FROM relationships r
            WHERE r.source = ? AND r.target = ? AND r.type = ? AND (SELECT project FROM entities WHERE number = r.source) = ?
            """, key.source, key.target, key.type, project
        ) { try RelationshipRecord(&$0) }
    }

    fileprivate func neighbours(of entity: EntityNumber, in project: ProjectNumber) throws -> [GraphFacts.Neighbour] {
        try all(
            """
            SELECT e.number, e.community, edges.weight FROM (
                SELECT other, sum(weight) AS weight FROM (
                    SELECT target AS other, weight FROM relationships WHERE source = ?1
                    UNION ALL
                    SELECT source, weight FROM relationships WHERE target = ?1 AND source <> ?1)
                GROUP BY other) AS edges
            CROSS JOIN entities e ON e.number = edges.other WHERE e.project = ?2 ORDER BY e.number
            """, entity, project
        ) { cells in GraphFacts.Neighbour(entity: try cells.next(), community: try cells.next(), weight: try cells.next()) }
    }

    fileprivate func community(_ number: CommunityNumber, in project: ProjectNumber) throws -> CommunityRecord? {
        try first("SELECT \(CommunityRecord.columns) FROM communities c WHERE c.number = ? AND c.project = ?", number, project) {
            try CommunityRecord(&$0)
        }
    }

    fileprivate func schema(of project: ProjectNumber) throws -> [SchemaView] {
        try all(
            "SELECT id, source, created_at, \(SchemaRecord.Element.columns) FROM schema_elements WHERE project = ? ORDER BY number", project
        ) { cells in
            let id = try cells.next(Identifier.self)
            let source = try cells.next(String.self)
            let createdAt = try cells.next(Timestamp.self)
            return SchemaView(id: id, element: try SchemaRecord.Element(&cells), source: source, createdAt: createdAt)
        }
    }
}
