package import Knowledge
package import Persistence

/// A task as it was at one moment: what a stream shows.
package struct TaskUpdate: Sendable, Equatable {
    /// Grows with every update of the task, across restarts too.
    package var id: EventID
    /// The stored record, with the stage, progress, message and timeline of the moment.
    package var task: TaskRecord
    package var occurredAt: Timestamp
    /// Of a waiting task: the tasks of its lane that wait before it, + 1; where that was looked up.
    package var queuePosition: Int?
    /// How long it probably is until the task has ended; `nil` when there is no telling, or it has.
    package var etaSeconds: Double?

    package init(id: EventID, task: TaskRecord, occurredAt: Timestamp) {
        self.id = id
        self.task = task
        self.occurredAt = occurredAt
    }

    /// Whether it tells of a waiting task what it told before, but for where that stands.
    package var isReport: Bool { task.status == .pending && id.step > 0 }

    /// The state of a task that has no actor, as the store has it.
    package init(stored task: TaskRecord, epoch: Int64) {
        self.init(
            id: EventID(epoch: task.status.isTerminal ? task.endedEpoch : epoch, revision: task.revision), task: task,
            occurredAt: task.endedAt ?? max(task.startedAt ?? task.queuedAt, task.queuedAt))
    }
}
