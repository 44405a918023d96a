package import Knowledge
import Logging
package import Persistence
import Synchronization

/// Cancels, bit by bit, what has not ended of cancelled imports. What a process leaves of it the next start goes on with.
package final class ImportCancels: Sendable {
    /// How many children one write looks at.
    private static let batch = 500

    /// Who has tasks in hand.
    package struct Children: Sendable {
        /// Cancels the children of an import that are running or about to.
        package var interrupt: @Sendable (_ parent: TaskNumber) async -> Void
        /// Takes note of a task that has been cancelled in the store.
        package var didCancel: @Sendable (TaskRecord) async -> Void

        package init(interrupt: @escaping @Sendable (TaskNumber) async -> Void, didCancel: @escaping @Sendable (TaskRecord) async -> Void) {
            self.interrupt = interrupt
            self.didCancel = didCancel
        }
    }

    private struct State {
        var children: Children?
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
        let children = state.withLock { state in
            if state.children == nil { state.waiting.insert(parent) }
            return state.children
        }
        if let children { Task { await cancelChildren(of: parent, children) } }
    }

    func begin(_ children: Children) {
        let waiting = state.withLock { state in
            state.children = children
            defer { state.waiting = [] }
            return state.waiting
        }
        for parent in waiting.sorted() { add(parent) }
    }

    /// Shows the end of a task that was stored elsewhere, and stops it.
    func didCancel(_ task: TaskRecord) async {
        await state.withLock(\.children)?.didCancel(task)
    }

    private func cancelChildren(of parent: TaskNumber, _ children: Children) async {
        await children.interrupt(parent)
        var last: TaskNumber? = TaskNumber(0)
        while let after = last {
            do {
                let batch = try await store.cancelChildren(of: parent, after: after, limit: Self.batch, at: time.now())
                for task in batch.tasks { await children.didCancel(task) }
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
