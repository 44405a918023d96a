import Knowledge

extension InMemoryState {
    /// Applies an episode's delta and the end of its task. Everything that can refuse it is asked first. O(delta).
    /// - Parameter identifier: makes the ids of new schema elements.
    mutating func commit(_ commit: EpisodeCommit, identifier: () -> Identifier) throws(StoreError) {
        let version = try graphHeader(of: commit.project).version
        guard memories[commit.memory] != nil else { throw Self.notFound("memory") }
        try check(commit.guarding, is: .processing)
        guard version == commit.delta.baseVersion else {
            throw StoreError(.staleGraph, "The graph is at version \(version), not \(commit.delta.baseVersion).")
        }
        _ = try end(commit.guarding, commit.ending)
        apply(commit.delta, to: commit.project, memory: commit.memory, at: commit.ending.at, identifier: identifier)
    }

    /// Applies a delta that was made for the graph as it is. O(delta).
    /// - Parameter memory: whose contribution it brings; `nil` if it only takes out.
    mutating func apply(
        _ delta: GraphDelta, to project: ProjectNumber, memory: MemoryNumber?, at: Timestamp, identifier: () -> Identifier
    ) {
        if let retraction = delta.retraction { apply(retraction, to: project) }
        applyCommunities(delta, to: project)
        applyEntities(delta, to: project)
        applyRelationships(delta, to: project)
        if let memory { applyContribution(delta, of: memory) }
        projects.update(project) { row in
            row.graph.header.version += 1
            row.graph.header.totalWeight += delta.addedWeight
            for schema in delta.newSchema where row.graph.schemaRecords.insert(schema).inserted {
                row.graph.schema.append(SchemaView(id: identifier(), element: schema.element, source: "generated", createdAt: at))
            }
        }
    }

    private mutating func apply(_ retraction: GraphDelta.Retraction, to project: ProjectNumber) {
        for gone in retraction.unstated { relationships.update(gone.relationship) { $0.memories.removeAll { $0 == gone.memory } } }
        for gone in retraction.unnamed { entities.update(gone.entity) { $0.memories.removeAll { $0 == gone.memory } } }
        for memory in retraction.memories { memories.update(memory) { $0.contribution = nil } }
        for number in retraction.relationships {
            guard let record = relationships[number]?.record else { continue }
            for end in Set([record.source, record.target]) { entities.update(end) { $0.edges.removeAll { $0 == number } } }
            projects.update(project) { $0.graph.edges[GraphRow.EdgeKey(record)] = nil }
        }
        relationships.remove(retraction.relationships)
        for number in retraction.entities {
            guard let community = entities[number]?.record.community else { continue }
            communities.update(community) { $0.members.remove(number) }
        }
        entities.remove(retraction.entities)
        let gone = Set(retraction.entities)
        projects.update(project) { row in
            for name in retraction.names {
                let key = ExactText(name.key)
                row.graph.names[key]?.removeAll { $0 == name.entity }
                if row.graph.names[key]?.isEmpty == true { row.graph.names[key] = nil }
            }
            if !gone.isEmpty { row.graph.entities.removeAll(where: gone.contains) }
        }
    }

    private mutating func applyContribution(_ delta: GraphDelta, of memory: MemoryNumber) {
        for statement in delta.statements { relationships.update(statement.relationship) { $0.memories.insertAscending(memory) } }
        for mention in delta.mentions { entities.update(mention.entity) { $0.memories.insertAscending(memory) } }
        guard !delta.mentions.isEmpty else { return }
        let contribution = Contribution(
            memory: memory, version: delta.baseVersion + 1, mentions: delta.mentions, statements: delta.statements)
        memories.update(memory) { $0.contribution = contribution }
    }

    private mutating func applyCommunities(_ delta: GraphDelta, to project: ProjectNumber) {
        for record in delta.newCommunities { communities.insert(CommunityRow(record: record, project: project)) }
        for record in delta.changedCommunities { communities.update(record.number) { $0.record = record } }
        communities.remove(delta.removedCommunities)
        projects.update(project) { row in
            row.graph.communities.formUnion(delta.newCommunities.map(\.number))
            row.graph.communities.subtract(delta.removedCommunities)
        }
    }

    private mutating func applyEntities(_ delta: GraphDelta, to project: ProjectNumber) {
        for record in delta.newEntities {
            entities.insert(EntityRow(record: record, project: project))
            if let community = record.community { communities.update(community) { $0.members.insert(record.number) } }
        }
        for record in delta.changedEntities {
            let before = entities.update(record.number) { row in
                defer { row.record = record }
                return row.record.community
            }
            guard let before, before != record.community else { continue }
            if let before { communities.update(before) { $0.members.remove(record.number) } }
            if let community = record.community { communities.update(community) { $0.members.insert(record.number) } }
        }
        projects.update(project) { row in
            row.graph.entities.append(contentsOf: delta.newEntities.map(\.number))
            for name in delta.newNames { row.graph.names[ExactText(name.key), default: []].insertAscending(name.entity) }
        }
    }

    private mutating func applyRelationships(_ delta: GraphDelta, to project: ProjectNumber) {
        for record in delta.newRelationships {
            relationships.insert(RelationshipRow(record: record, project: project))
            for end in Set([record.source, record.target]) { entities.update(end) { $0.edges.append(record.number) } }
        }
        projects.update(project) { row in
            for record in delta.newRelationships { row.graph.edges[GraphRow.EdgeKey(record)] = record.number }
        }
        for record in delta.changedRelationships { relationships.update(record.number) { $0.record = record } }
    }
}

extension Array where Element: Comparable {
    /// Inserts an element in its place in this ascending array, once. O(1) at the end.
    fileprivate mutating func insertAscending(_ element: Element) {
        var place = endIndex
        while place > startIndex, self[place - 1] > element { place -= 1 }
        if place > startIndex, self[place - 1] == element { return }
        insert(element, at: place)
    }
}
