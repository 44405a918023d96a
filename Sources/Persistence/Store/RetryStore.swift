package import Knowledge

/// What a client can do about tasks that came to no good end.
package protocol RetryStore: Sendable {
    /// Begins another round of a task that failed or was cancelled: `pending`, last in its lane with a ``TaskRecord/place`` above all others, revision
    /// + 1, at stage `pending`, 0 %, "Queued", without error, result, start and end. Attempts and timeline go on; the attempts
    /// until now become ``TaskRecord/earlierAttempts``.
    /// - Throws: `notFound`; `notRetryable`, with the reason: see ``TaskRecord/obstacleToRetry(current:)``.
    func retry(id: Identifier, at: Timestamp) async throws -> TaskRecord
    /// Does the same with the first of some tasks, looking at `limit` of them at most, in order of number. Those that can't be retried are passed over.
    /// Of an import nothing is retried, and nothing is left to be, unless it is ``ImportRecord/State/closed``: it may have been cancelled again.
    func retryNext(_ selection: RetrySelection, limit: Int, at: Timestamp) async throws -> RetryBatch
}

/// Which tasks a client wants to have tried again.
package struct RetrySelection: Sendable {
    package var project: ProjectNumber
    /// `failed` or `cancelled`; of another one nothing is retried.
    package var status: TaskStatus
    /// The import that they belong to; `nil` is any and none.
    package var parent: TaskNumber?
    /// Those after this one; the ``RetryBatch/last`` of the call before.
    package var after: TaskNumber

    package init(project: ProjectNumber, status: TaskStatus, parent: TaskNumber? = nil, after: TaskNumber = TaskNumber(0)) {
        self.project = project
        self.status = status
        self.parent = parent
        self.after = after
    }
}

package struct RetryBatch: Sendable {
    /// As they are now, in order of number.
    package var tasks: [TaskRecord]
    /// The last one that was looked at; `nil` when there are no more.
    package var last: TaskNumber?

    package init(tasks: [TaskRecord], last: TaskNumber?) {
        self.tasks = tasks
        self.last = last
    }
}

extension TaskRecord {
    /// Why the task can't be retried, as one sentence; `nil` when it can.
    /// - Parameter current: the task that its memory has now; `nil` when the memory is gone.
    package func obstacleToRetry(current: TaskNumber?) -> String? {
        guard status.isTerminal else { return "The task has not ended: only a failed or cancelled task can be retried." }
        guard status.canBecome(.pending) else { return "The task has succeeded: only a failed or cancelled task can be retried." }
        switch type {
        case .addEpisode:
            guard let current else { return "The memory of this task was deleted, so there is nothing to try again." }
            guard current == number else { return "The memory has a newer task; retry that one." }
        case .importMemories:
            return "An import is retried as a whole."
        case .rebuildCommunities, .removeImported:
            break
        }
        return nil
    }
}
