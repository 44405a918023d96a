package import Knowledge
package import Persistence

/// The work of a task that ingests no memory: how tasks of one ``TaskType`` are done.
///
/// It may be interrupted anywhere, by a cancel or by the end of the process, and is then done again from the start: what it changes it changes so
/// that doing it twice comes to the same. It heeds the cancellation of its task.
package protocol Chore: Sendable {
    /// - Parameters:
    ///   - task: as claimed.
    ///   - graph: the task's project.
    ///   - report: shows a stage, or how far it is; progress must not go down.
    /// - Returns: what it came to.
    /// - Throws: what ``Extractor/extract(_:progress:)`` throws, ``StoreError``, `CancellationError`.
    func run(_ task: TaskRecord, graph: ProjectGraphActor, report: @Sendable (Stage) async -> Void) async throws -> ChoreOutcome
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
