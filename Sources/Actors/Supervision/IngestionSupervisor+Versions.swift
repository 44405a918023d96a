package import Knowledge
package import Persistence

extension IngestionSupervisor {
    /// Changes a memory: new content is ingested by a new task, and a task of the older version is interrupted.
    /// - Throws: ``StoreError``: what ``VersionStore/revise(_:)`` throws.
    package func revise(_ change: MemoryChange) async throws -> Revision {
        if change.content != nil, let task = try await surroundings.store.memory(id: change.memory)?.taskID {
            try await saveProgress(of: task)
        }
        let revision = try await surroundings.store.revise(change)
        await revised(revision, priority: change.priority)
        return revision
    }

    /// Says that the store has given a memory a new version.
    /// - Parameter priority: of the new task.
    package func revised(_ revision: Revision, priority: TaskPriority) async {
        if let cancelled = revision.cancelled { await didCancel(cancelled) }
        if revision.task != nil { accepted(Lane(project: revision.memory.project, priority: priority)) }
    }

    /// Deletes a memory with what only it put into the graph; its task is interrupted.
    /// - Throws: ``StoreError``: what ``VersionStore/remove(_:)`` throws.
    package func remove(_ memory: MemoryRecord, expectedVersion: Int? = nil) async throws -> MemoryRemoval.Outcome {
        try await saveProgress(of: memory.taskID)
        return try await remove([memory.number], of: memory.project, expectedVersion: expectedVersion)
    }

    /// Deletes memories of one project with what only they put into the graph; their tasks are interrupted. Memories that are gone are passed over.
    /// - Parameter expectedVersion: which each of them has to have.
    /// - Throws: ``StoreError``: what ``VersionStore/remove(_:)`` throws.
    package func remove(_ memories: [MemoryNumber], of project: ProjectNumber, expectedVersion: Int? = nil) async throws
        -> MemoryRemoval.Outcome
    {
        let graph = projects.borrow(project)
        defer { projects.end(project) }
        let outcome = try await graph.remove(memories, expectedVersion: expectedVersion)
        for task in outcome.cancelled { await didCancel(task) }
        return outcome
    }
}
