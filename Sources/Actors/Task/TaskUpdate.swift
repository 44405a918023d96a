package import Knowledge
package import Persistence

/// A task as it was at one moment: what a stream shows.
package struct TaskUpdate: Sendable, Equatable {
    /// Grows with every update of the task, across restarts too.
    package var id: EventID
    /// The stored record, with the stage, progress, message and timeline of the moment.
    package var task: TaskRecord
    package var occurredAt: Timestamp

    package init(id: EventID, task: TaskRecord, occurredAt: Timestamp) {
        self.id = id
        self.task = task
        self.occurredAt = occurredAt
    }

    /// The state of a task that has no actor, as the store has it.
    package init(stored task: TaskRecord, epoch: Int64) {
        self.init(
            id: EventID(epoch: task.status.isTerminal ? task.endedEpoch : epoch, revision: task.revision), task: task,
            occurredAt: task.endedAt ?? max(task.startedAt ?? task.queuedAt, task.queuedAt))
    }
}
