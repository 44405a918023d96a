import Knowledge
import Persistence
import Testing

extension Trial {
    func entity(
        _ name: String, type: String = "Person", mentions: Int = 1, degree: Int = 0, community: CommunityNumber? = nil,
        at seconds: Int64 = 1
    ) -> EntityRecord {
        EntityRecord(
            number: store.numbering.entity(), id: newID(), name: name, type: type, summary: "\(name) is a \(type).", mentionCount: mentions,
            degree: degree, community: community, createdAt: at(seconds), updatedAt: at(seconds))
    }

    func edge(
        _ source: EntityRecord, _ type: String, _ target: EntityRecord, weight: Int = 1, validAt: Timestamp? = nil
    ) -> RelationshipRecord {
        RelationshipRecord(
            number: store.numbering.relationship(), id: newID(), source: source.number, target: target.number, type: type,
            fact: "\(source.name) \(type) \(target.name).", weight: weight, validAt: validAt, invalidAt: nil, createdAt: at(1),
            updatedAt: at(1))
    }

    func community(members: Int, weight: Int = 2) -> CommunityRecord {
        CommunityRecord(
            number: store.numbering.community(), id: newID(), memberCount: members, totalWeight: weight, createdAt: at(1), formedAt: at(2))
    }

    func key(_ edge: RelationshipRecord) -> RelationshipKey { RelationshipKey(source: edge.source, target: edge.target, type: edge.type) }

    func delta(_ version: Int64, _ fill: (inout GraphDelta) -> Void = { _ in }) -> GraphDelta {
        var delta = GraphDelta(baseVersion: version)
        fill(&delta)
        return delta
    }

    /// A delta of one new entity, which the episode names.
    func small(_ version: Int64, _ name: String = "Ada") -> GraphDelta {
        let entity = entity(name)
        return delta(version) { delta in
            delta.newEntities = [entity]
            delta.newNames = [EntityName(key: name.lowercased(), entity: entity.number)]
            delta.mentions = [GraphDelta.Mention(entity: entity.number, ranges: [0..<3])]
            delta.addedWeight = 1
        }
    }

    func commit(_ task: TaskRecord, _ delta: GraphDelta, at seconds: Int64 = 200) throws -> EpisodeCommit {
        EpisodeCommit(
            guarding: TaskGuard(task), project: task.project, memory: try #require(task.memory), delta: delta,
            ending: ending(.completed, at: seconds))
    }

    /// Accepts, claims and commits an episode; nothing else may wait in its lane.
    @discardableResult
    func ingest(
        _ delta: GraphDelta, into project: ProjectRecord, _ content: String = "an episode", title: String? = nil, at seconds: Int64 = 200
    ) async throws -> Accepted {
        let accepted = try await accept(submission(to: project.number, content, title: title))
        let task = try await claim(1, of: project)[0]
        try await store.commit(commit(task, delta, at: seconds)).wait()
        return accepted
    }

    func facts(of project: ProjectRecord, _ fill: (inout GraphNeeds) -> Void) async throws -> GraphFacts {
        var needs = GraphNeeds()
        fill(&needs)
        return try await store.graphFacts(of: project.number, for: needs)
    }

    func header(_ project: ProjectRecord) async throws -> GraphHeader { try await store.graphHeader(of: project.number) }
}
