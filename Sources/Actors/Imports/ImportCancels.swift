import Knowledge
import Logging
package import Persistence
import Synchronization

/// Cancels, bit by bit, what has not ended of cancelled imports. What a process leaves of it the next start goes on with.
package final class ImportCancels: Sendable {
    /// How many children one write looks at.
    private static let batch = 500

    /// Takes note of a task that has been cancelled in the store.
    package typealias Listener = @Sendable (TaskRecord) async -> Void

    private struct State {
        /// Who has tasks in hand.
        var didCancel: Listener?
        /// Imports that wait for ``begin(_:)``.
        var waiting: Set<TaskNumber> = []
    }

    private let store: any Store
    private let time: TimeSource
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let state = Mutex(State())

    init(store: any Store, time: TimeSource, clock: any Clock<Duration>, logger: Logger) {
        self.store = store
        self.time = time
        self.clock = clock
        self.logger = logger
    }

    /// Has the children of a cancelled import cancelled, once somebody has tasks in hand. Does not wait.
    func add(_ parent: TaskNumber) {
        let didCancel = state.withLock { state in
            if state.didCancel == nil { state.waiting.insert(parent) }
            return state.didCancel
        }
        if let didCancel { Task { await cancelChildren(of: parent, didCancel) } }
    }

    func begin(_ didCancel: @escaping Listener) {
        let waiting = state.withLock { state in
            state.didCancel = didCancel
            defer { state.waiting = [] }
            return state.waiting
        }
        for parent in waiting.sorted() { add(parent) }
    }

    /// Shows the end of a task that was stored elsewhere, and stops it.
    func didCancel(_ task: TaskRecord) async {
        await state.withLock(\.didCancel)?(task)
    }

    /// Those that were in hand have been cancelled with their import.
    private func cancelChildren(of parent: TaskNumber, _ didCancel: Listener) async {
        var last: TaskNumber? = TaskNumber(0)
        while let after = last {
            do {
                let batch = try await store.cancelChildren(of: parent, after: after, limit: Self.batch, at: time.now())
                for task in batch.tasks { await didCancel(task) }
                last = batch.last
            } catch {
                if (error as? StoreError)?.code == .closed { return }
                logger.warning(
                    "children of a cancelled import could not be cancelled; that is tried again",
                    metadata: ["import": "\(parent)", "error": "\(error)"])
                try? await clock.sleep(for: .seconds(1))  // Never cancelled: nobody holds this task.
            }
        }
    }
}
