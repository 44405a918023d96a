package import Knowledge
package import Persistence

extension ProjectGraphActor {
    /// Deletes memories with what only they put into the graph, and ends their tasks.
    /// - Parameters:
    ///   - expectedVersion: which each of them has to have.
    ///   - task: the one that deletes them, if one does.
    /// - Throws: ``StoreError``: `notFound` (the project is gone), `staleVersion`, `closed`, or why the store failed.
    package func remove(
        _ memories: [MemoryNumber], expectedVersion: Int? = nil, by task: TaskNumber? = nil
    ) async throws -> MemoryRemoval.Outcome {
        try await alone {
            while true {
                do {
                    return try await self.removeNow(memories, expectedVersion: expectedVersion, by: task)
                } catch let error as StoreError where error.code == .staleGraph {
                    // Somebody beside this actor has changed the graph; what was planned on the older one has changed nothing.
                }
            }
        }
    }

    private func removeNow(
        _ memories: [MemoryNumber], expectedVersion: Int?, by task: TaskNumber?
    ) async throws -> MemoryRemoval.Outcome {
        var graph = try await load()
        try await retract(memories, replaced: nil, from: &graph)
        try await fill(&graph) { $0.missing(for: Extraction()) }
        let now = time.now()
        let delta = graph.integrate(Extraction(), at: now, happenedAt: nil, numbering: store.numbering, communitiesStage: {})
        return try await store.remove(
            MemoryRemoval(project: project, memories: memories, expectedVersion: expectedVersion, task: task, delta: delta, at: now))
    }

    /// Takes the contributions of memories out of a graph that is as the store has it.
    func retract(_ memories: [MemoryNumber], replaced: MemoryNumber?, from graph: inout ProjectGraph) async throws {
        let contributions = try await store.contributions(of: memories)
        guard !contributions.isEmpty else { return }
        graph.beginRetraction(of: contributions, replaced: replaced)
        try await fill(&graph) { $0.missingForRetraction() }
        graph.retract(at: time.now())
    }
}
