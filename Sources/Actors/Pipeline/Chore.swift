package import Knowledge
package import Persistence

/// The work of a task that ingests no memory: how tasks of one ``TaskType`` are done.
///
/// It may be interrupted anywhere, by a cancel or by the end of the process, and is then done again from the start. It heeds the cancellation of its
/// task. What it changes goes into the store together with the task's end (``ChoreRun/ending``), or is such that doing it twice comes to the same and
/// that a half done does no harm.
package protocol Chore: Sendable {
    /// - Throws: what ``Extractor/extract(_:progress:)`` throws, ``StoreError``, `CancellationError`.
    func run(_ run: ChoreRun) async throws -> ChoreEnd
}

/// A chore's task, and what it may ask of whoever runs it.
package struct ChoreRun: Sendable {
    /// As claimed.
    package var task: TaskRecord
    /// The task's project.
    package var graph: ProjectGraphActor
    /// Shows a stage, or how far it is; progress does not go down.
    package var report: @Sendable (Stage) async -> Void
    /// What to store as the task's end, guarded so that a cancel can't be passed over; `nil` when it has ended already.
    package var ending: @Sendable (ChoreOutcome) async -> (guarding: TaskGuard, ending: TaskEnding)?

    package init(
        task: TaskRecord, graph: ProjectGraphActor, report: @escaping @Sendable (Stage) async -> Void,
        ending: @escaping @Sendable (ChoreOutcome) async -> (guarding: TaskGuard, ending: TaskEnding)?
    ) {
        self.task = task
        self.graph = graph
        self.report = report
        self.ending = ending
    }
}

/// How a chore came to its end.
package enum ChoreEnd: Sendable {
    /// Done; the end is not stored yet.
    case done(ChoreOutcome)
    /// Done, and the task's end is stored with it.
    case stored(TaskEnding)
}

/// What a finished chore shows.
package struct ChoreOutcome: Sendable {
    package var message: String
    package var result: JSON

    package init(message: String, result: JSON) {
        self.message = message
        self.result = result
    }
}
