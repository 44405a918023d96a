import GRDB
import Knowledge
package import Persistence

extension SQLiteStore {
    package func commit(_ commit: EpisodeCommit) -> PendingCommit {
        let (epoch, numbers) = (self.epoch, self.numbers)
        let verdict = enqueue(.commit) { try $0.commit(commit, epoch: epoch, numbers) }
        return PendingCommit { try await verdict.wait() }
    }
}

extension Database {
    fileprivate func commit(_ commit: EpisodeCommit, epoch: Int64, _ numbers: NumberSource) throws {
        try check(commit)
        guard try end(commit.guarding, commit.ending, epoch: epoch) else { throw StoreError.lostRace }
        try apply(commit.delta, to: commit.project, memory: commit.memory, at: commit.ending.at, numbers)
    }

    /// Applies a delta that was made for the graph as it is.
    /// - Parameter memory: whose contribution it brings; `nil` if it only takes out.
    func apply(_ delta: GraphDelta, to project: ProjectNumber, memory: MemoryNumber?, at: Timestamp, _ numbers: NumberSource) throws {
        try run(
            "UPDATE projects SET graph_version = graph_version + 1, graph_weight = graph_weight + ? WHERE number = ?", delta.addedWeight,
            project)
        if let retraction = delta.retraction { try apply(retraction, in: project, numbers) }
        for entity in delta.newEntities { try insert(entity, in: project) }
        for entity in delta.changedEntities { try update(entity) }
        for name in delta.newNames {
            try run("INSERT OR IGNORE INTO entity_names (project, key, entity) VALUES (?, ?, ?)", project, name.key, name.entity)
        }
        for relationship in delta.newRelationships { try insert(relationship) }
        for relationship in delta.changedRelationships { try update(relationship) }
        try applyCommunities(delta, in: project, numbers)
        try insertSchema(delta.newSchema, in: project, at: at, numbers)
        if let memory { try insertContribution(delta, of: memory) }
    }

    private func apply(_ retraction: GraphDelta.Retraction, in project: ProjectNumber, _ numbers: NumberSource) throws {
        try numbers.keep([.entities, .relationships], in: self)
        for gone in retraction.unstated {
            try run("DELETE FROM relationship_memories WHERE relationship = ? AND memory = ?", gone.relationship, gone.memory)
        }
        for gone in retraction.unnamed {
            try run("DELETE FROM entity_memories WHERE entity = ? AND memory = ?", gone.entity, gone.memory)
        }
        for memory in retraction.memories { try run("DELETE FROM mentions WHERE memory = ?", memory) }
        for relationship in retraction.relationships { try run("DELETE FROM relationships WHERE number = ?", relationship) }
        for name in retraction.names {
            try run("DELETE FROM entity_names WHERE project = ? AND key = ? AND entity = ?", project, name.key, name.entity)
        }
        for entity in retraction.entities { try run("DELETE FROM entities WHERE number = ?", entity) }
    }

    /// Finds every reason to refuse before anything is written.
    private func check(_ commit: EpisodeCommit) throws {
        let found = try first(
            """
            SELECT (SELECT graph_version FROM projects WHERE number = ?), (SELECT 1 FROM memories WHERE number = ?),
                (SELECT 1 FROM tasks WHERE number = ? AND revision = ? AND status = 1)
            """, commit.project, commit.memory, commit.guarding.task, commit.guarding.revision
        ) { cells in
            (version: try cells.next(Int64?.self), memory: try cells.next(Int?.self), task: try cells.next(Int?.self))
        }
        guard let found, let version = found.version else { throw StoreError.notFound("project") }
        guard found.memory != nil else { throw StoreError.notFound("memory") }
        guard found.task != nil else { throw StoreError.lostRace }
        guard version == commit.delta.baseVersion else {
            throw StoreError(.staleGraph, "The graph is at version \(version), not \(commit.delta.baseVersion).")
        }
    }

    private func insert(_ entity: EntityRecord, in project: ProjectNumber) throws {
        try run(
            """
            INSERT INTO entities (number, id, project, name, type, summary, mention_count, degree, community, created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, entity.number, entity.id, project, entity.name, entity.type, entity.summary, entity.mentionCount, entity.degree,
            entity.community, entity.createdAt, entity.updatedAt)
    }

    /// Most changes touch no index; they are tried first, because SQLite rewrites the entries of every column that an update names.
    private func update(_ entity: EntityRecord) throws {
        let changed = try run(
            """
            UPDATE entities SET name = ?, summary = ?, mention_count = ?, degree = ?, created_at = ?, updated_at = ?
            WHERE number = ? AND community IS ? AND type = ?
            """, entity.name, entity.summary, entity.mentionCount, entity.degree, entity.createdAt, entity.updatedAt, entity.number,
            entity.community, entity.type)
        guard changed == 0 else { return }
        try run(
            """
            UPDATE entities SET name = ?, type = ?, summary = ?, mention_count = ?, degree = ?, community = ?, created_at = ?, updated_at = ?
            WHERE number = ?
            """, entity.name, entity.type, entity.summary, entity.mentionCount, entity.degree, entity.community, entity.createdAt,
            entity.updatedAt, entity.number)
    }

    private func insert(_ relationship: RelationshipRecord) throws {
        try run(
            """
            INSERT INTO relationships (number, id, source, target, type, fact, weight, valid_at, invalid_at, created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, relationship.number, relationship.id, relationship.source, relationship.target, relationship.type, relationship.fact,
            relationship.weight, relationship.validAt, relationship.invalidAt, relationship.createdAt, relationship.updatedAt)
    }

    /// What identifies an edge does not change.
    private func update(_ relationship: RelationshipRecord) throws {
        try run(
            "UPDATE relationships SET fact = ?, weight = ?, valid_at = ?, invalid_at = ?, created_at = ?, updated_at = ? WHERE number = ?",
            relationship.fact, relationship.weight, relationship.validAt, relationship.invalidAt, relationship.createdAt,
            relationship.updatedAt, relationship.number)
    }

    private func applyCommunities(_ delta: GraphDelta, in project: ProjectNumber, _ numbers: NumberSource) throws {
        for community in delta.newCommunities { try insert(community, in: project) }
        for community in delta.changedCommunities { try update(community) }
        try remove(delta.removedCommunities, numbers)
    }

    func insert(_ community: CommunityRecord, in project: ProjectNumber) throws {
        try run(
            """
            INSERT INTO communities (number, id, project, member_count, total_weight, created_at, formed_at) VALUES (?, ?, ?, ?, ?, ?, ?)
            """, community.number, community.id, project, community.memberCount, community.totalWeight, community.createdAt,
            community.formedAt)
    }

    func update(_ community: CommunityRecord) throws {
        try run(
            "UPDATE communities SET member_count = ?, total_weight = ?, created_at = ?, formed_at = ? WHERE number = ?",
            community.memberCount, community.totalWeight, community.createdAt, community.formedAt, community.number)
    }

    func remove(_ communities: [CommunityNumber], _ numbers: NumberSource) throws {
        guard !communities.isEmpty else { return }
        try numbers.keep([.communities], in: self)
        for community in communities { try run("DELETE FROM communities WHERE number = ?", community) }
    }

    private func insertSchema(_ elements: [SchemaRecord], in project: ProjectNumber, at: Timestamp, _ numbers: NumberSource) throws {
        for record in elements {
            let (kind, name, sourceType, targetType) = record.element.values
            try run(
                """
                INSERT OR IGNORE INTO schema_elements (id, project, kind, name, source_type, target_type, source, created_at)
                VALUES (?, ?, ?, ?, ?, ?, 'generated', ?)
                """, numbers.identifier(), project, kind, name, sourceType, targetType, at)
        }
    }

    private func insertContribution(_ delta: GraphDelta, of memory: MemoryNumber) throws {
        for statement in delta.statements {
            try run("INSERT OR IGNORE INTO relationship_memories (relationship, memory) VALUES (?, ?)", statement.relationship, memory)
        }
        guard !delta.mentions.isEmpty else { return }
        let contribution = Contribution(
            memory: memory, version: delta.baseVersion + 1, mentions: delta.mentions, statements: delta.statements)
        try run("INSERT OR REPLACE INTO mentions (memory, packed) VALUES (?, ?)", memory, ContributionBlob(contribution))
        for mention in delta.mentions {
            try run("INSERT OR IGNORE INTO entity_memories (entity, memory) VALUES (?, ?)", mention.entity, memory)
        }
    }
}
