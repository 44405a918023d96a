package import Knowledge

extension InMemoryState {
    func edges(of project: ProjectNumber) throws(StoreError) -> EdgeSnapshot {
        guard let row = projects[project] else { throw Self.notFound("project") }
        let edges = row.graph.edges.values.sorted().compactMap { relationships[$0]?.record }
        var homes: [EntityNumber: CommunityNumber] = [:]
        for entity in row.graph.entities { homes[entity] = entities[entity]?.record.community }
        return EdgeSnapshot(
            version: row.graph.header.version,
            edges: edges.map { .init(source: $0.source, target: $0.target, weight: $0.weight) }, homes: homes,
            communities: row.graph.communities.sorted().compactMap { communities[$0]?.record })
    }

    mutating func regroup(
        _ regrouping: Regrouping, in project: ProjectNumber, ending guarding: TaskGuard, as ending: TaskEnding
    ) throws(StoreError) {
        let version = try graphHeader(of: project).version
        try check(guarding, is: .processing)
        guard version == regrouping.baseVersion else {
            throw StoreError(.staleGraph, "The graph is at version \(version), not \(regrouping.baseVersion).")
        }
        _ = try end(guarding, ending)
        for record in regrouping.new { communities.insert(CommunityRow(record: record, project: project)) }
        for record in regrouping.changed { communities.update(record.number) { $0.record = record } }
        for move in regrouping.moves {
            let before = entities.update(move.entity) { row in
                defer { row.record.community = move.community }
                return row.record.community
            }
            if let before, let old = before { communities.update(old) { $0.members.remove(move.entity) } }
            if let community = move.community { communities.update(community) { $0.members.insert(move.entity) } }
        }
        communities.remove(regrouping.removed)
        projects.update(project) { row in
            row.graph.header.version += 1
            row.graph.communities.formUnion(regrouping.new.map(\.number))
            row.graph.communities.subtract(regrouping.removed)
        }
    }

    mutating func submitUnlessUnderWay(_ submission: TaskSubmission) throws(StoreError) -> TaskRecord {
        for number in projects[submission.project]?.tasks ?? [] {
            guard let task = task(number), task.type == submission.type, !task.status.isTerminal else { continue }
            return task
        }
        return try submit(submission)
    }
}

extension InMemoryStore {
    package func edges(of project: ProjectNumber) async throws -> EdgeSnapshot { try access { try $0.edges(of: project) } }

    package func regroup(
        _ regrouping: Regrouping, in project: ProjectNumber, ending guarding: TaskGuard, as ending: TaskEnding
    ) async throws {
        try access { try $0.regroup(regrouping, in: project, ending: guarding, as: ending) }
    }

    package func submitUnlessUnderWay(_ submission: TaskSubmission) async throws -> TaskRecord {
        try access { try $0.submitUnlessUnderWay(submission) }
    }
}
