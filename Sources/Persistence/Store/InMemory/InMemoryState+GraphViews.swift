import Knowledge

extension InMemoryState {
    func view(_ row: EntityRow) -> EntityView? {
        guard let project = projects[row.project] else { return nil }
        return EntityView(
            record: row.record, project: project.number, projectID: project.id,
            communityID: row.record.community.flatMap { communities[$0]?.id })
    }

    func entities(_ query: EntityQuery, slice: Slice) -> Page<EntityView> {
        let type = query.type.map(ExactText.init)
        let search = query.search.map(TextSearch.init)
        let matching = rows(in: query.projects).filter { row in
            if let type, ExactText(row.record.type) != type { return false }
            return search?.isFound(in: row.record.name) ?? true
        }
        return slice.window(of: matching.sorted(by: Self.isBetterKnown)).map(view)
    }

    private func rows(in projects: [ProjectNumber]?) -> [EntityRow] {
        guard let projects else { return Array(entities.all) }
        return Set(projects).flatMap { self.projects[$0]?.graph.entities ?? [] }.compactMap { entities[$0] }
    }

    /// The most mentioned first, then the older.
    private static func isBetterKnown(_ left: EntityRow, _ right: EntityRow) -> Bool {
        (-left.record.mentionCount, left.number) < (-right.record.mentionCount, right.number)
    }

    func entityTypes(projects: [ProjectNumber]?) -> [(type: String, count: Int)] {
        var counts: [ExactText: Int] = [:]
        for row in rows(in: projects) { counts[ExactText(row.record.type), default: 0] += 1 }
        return counts.sorted { (-$0.value, $0.key) < (-$1.value, $1.key) }.map { (type: $0.key.text, count: $0.value) }
    }

    func memories(naming entity: EntityNumber, limit: Int) -> [MemoryReference] {
        (entities[entity]?.memories ?? []).reversed().prefix(max(0, limit)).compactMap(reference)
    }

    private func reference(_ number: MemoryNumber) -> MemoryReference? {
        memories[number].map { MemoryReference(id: $0.id, title: $0.record.episode.title) }
    }

    func relationships(of entity: EntityNumber, type: String?, limit: Int) -> Page<RelationshipView> {
        let type = type.map(ExactText.init)
        let edges = (entities[entity]?.edges ?? []).compactMap { relationships[$0] }
            .filter { type == nil || ExactText($0.record.type) == type }
            .sorted { (-$0.record.weight, $0.number) < (-$1.record.weight, $1.number) }
        return Slice(limit: limit).window(of: edges).map { row in
            let isOutgoing = row.record.source == entity
            return entities[isOutgoing ? row.record.target : row.record.source].map { other in
                RelationshipView(
                    record: row.record, isOutgoing: isOutgoing, other: other.record,
                    memories: row.memories.prefix(100).compactMap { memories[$0]?.id })
            }
        }
    }

    func communities(projects wanted: [ProjectNumber]?, minimumMembers: Int, slice: Slice) -> Page<CommunityView> {
        let wanted = wanted.map(Set.init)
        let matching = communities.all.filter { row in
            row.record.memberCount >= minimumMembers && wanted?.contains(row.project) ?? true
        }
        return slice.window(of: matching.sorted(by: Self.isLarger)).map(view)
    }

    /// The largest first, then the older.
    private static func isLarger(_ left: CommunityRow, _ right: CommunityRow) -> Bool {
        (-left.record.memberCount, left.number) < (-right.record.memberCount, right.number)
    }

    func view(_ row: CommunityRow) -> CommunityView? {
        guard let project = projects[row.project] else { return nil }
        return CommunityView(
            record: row.record, project: project.number, projectID: project.id, leadingNames: members(of: row).prefix(5).map(\.record.name))
    }

    func members(of community: CommunityNumber, slice: Slice) -> Page<EntityView> {
        slice.window(of: communities[community].map(members) ?? []).map(view)
    }

    private func members(of row: CommunityRow) -> [EntityRow] {
        row.members.compactMap { entities[$0] }.sorted(by: Self.isBetterKnown)
    }

    func graph(of project: ProjectNumber, limit: Int) -> GraphView {
        let limit = max(0, limit)
        let shown = rows(in: [project]).sorted(by: Self.isBetterKnown).prefix(limit)
        let numbers = Set(shown.map(\.number))
        let edges = Set(shown.flatMap(\.edges)).sorted().compactMap { relationships[$0]?.record }
        let naming = Set(shown.flatMap(\.memories)).sorted(by: >).prefix(limit)
        let groups = Set(shown.compactMap(\.record.community)).compactMap { communities[$0] }
        return GraphView(
            entities: shown.compactMap(view),
            relationships: edges.filter { numbers.contains($0.source) && numbers.contains($0.target) },
            memories: naming.compactMap(reference),
            mentions: naming.compactMap { memories[$0] }.flatMap { memory in
                (memory.contribution?.mentions ?? []).filter { numbers.contains($0.entity) }.compactMap { mention in
                    entities[mention.entity].map { GraphView.Mention(memory: memory.id, entity: $0.id) }
                }
            },
            communities: groups.sorted(by: Self.isLarger).compactMap(view))
    }
}
