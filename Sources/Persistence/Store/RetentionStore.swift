package import Knowledge

/// What has served its time.
package protocol RetentionStore: Sendable {
    /// Forgets finished tasks with their reports, the oldest by number first, looking at `limit` tasks at most, those after ``PruneRule/after``. A memory keeps
    /// the status, the progress and the id of a task that is gone. Kept is an import until everything has ended that belongs to it, also
    /// what was retried alone, and what undoes it; and its children as long as it is, which tell the file that comes again whose they are.
    func pruneTasks(_ rule: PruneRule, limit: Int) async throws -> PrunedTasks
    /// How many finished tasks are kept that nothing but a ``PruneRule`` keeps: not the children of imports of which something goes on. O(tasks).
    func finishedTasks() async throws -> Int
    /// Gives space back to the file system that nothing is stored in any more, a step of it, if there is much.
    /// - Returns: whether there is more to give back.
    func shrink() async throws -> Bool
}

/// Which finished tasks are to be forgotten.
package struct PruneRule: Sendable {
    /// Those that ended before; `nil` is none for their age.
    package var endedBefore: Timestamp?
    /// How many more, whatever their age.
    package var excess: Int
    /// The ``PrunedTasks/last`` of the call before.
    package var after: TaskNumber

    package init(endedBefore: Timestamp?, excess: Int = 0, after: TaskNumber = TaskNumber(0)) {
        self.endedBefore = endedBefore
        self.excess = excess
        self.after = after
    }

    /// Whether a task goes that has ended and is free to go.
    package func covers(endedAt: Timestamp?, taken: Int) -> Bool {
        if let endedBefore, let endedAt, endedAt < endedBefore { return true }
        return taken < excess
    }

    /// Whether no task made at `moment` or later can go: none ends before it is made.
    package func isPast(_ moment: Timestamp, taken: Int) -> Bool {
        taken >= excess && endedBefore.map { moment >= $0 } ?? true
    }
}

package struct PrunedTasks: Sendable, Equatable {
    package var count: Int
    /// The last task that was looked at; `nil` when no later one can go.
    package var last: TaskNumber?

    package init(count: Int, last: TaskNumber?) {
        self.count = count
        self.last = last
    }
}
