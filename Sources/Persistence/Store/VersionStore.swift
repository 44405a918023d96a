package import Knowledge

/// How memories change and go.
///
/// A memory has one current task, ``MemoryRecord/taskID``: the one that ingests, or has ingested, the content that it has now. No other task of
/// the memory ever runs again: it has ended, and whoever would retry it has to be refused, lest an older version come back.
package protocol VersionStore: Sendable {
    /// Changes a memory. New content makes a new ``MemoryRecord/version`` with a new current task, last in its lane; a former task that has not ended
    /// is cancelled. Other changes make a new version without a task, and what changes nothing makes none.
    /// - Throws: `notFound`, `staleVersion`, `unavailable` when the task's id is taken, `full`.
    func revise(_ change: MemoryChange) async throws -> Revision
    /// What these memories have put into the graph, in ascending order of number; those that put in nothing, or don't exist, are left out.
    func contributions(of memories: [MemoryNumber]) async throws -> [Contribution]
    /// Deletes memories with what only they put into the graph, and ends their tasks as cancelled; the tasks stay. Memories that are gone already are
    /// passed over.
    /// - Throws: `notFound` (no such project), `staleVersion`, `staleGraph`; nothing is changed then.
    func remove(_ removal: MemoryRemoval) async throws -> MemoryRemoval.Outcome
    /// How many memories the removals of a task have deleted, those of earlier boots and attempts too.
    func removedMemories(by task: TaskNumber) async throws -> Int
}
