package import Knowledge
package import Persistence
import Synchronization

/// Gives tasks another round that failed or were cancelled, at a client's wish: durably, then in the lanes, then before the eyes of whoever watches.
package struct Retrier: Sendable {
    /// How many tasks one write looks at: others' writes come between two of them.
    private static let batch = 200
    /// How many imports of a project are retried as such, the newest; of others the memories are all the same.
    private static let imports = 1000

    private let store: any Store
    private let supervisor: IngestionSupervisor
    private let hub: ProgressHub
    private let time: TimeSource

    package init(store: any Store, supervisor: IngestionSupervisor, hub: ProgressHub, time: TimeSource = .system) {
        self.store = store
        self.supervisor = supervisor
        self.hub = hub
        self.time = time
    }

    /// An import is processing again at once, and what failed of it is retried bit by bit.
    /// - Throws: ``StoreError``: `notFound`, `notRetryable`.
    package func retry(_ id: Identifier) async throws -> TaskRecord {
        if try await store.importRecord(of: id) != nil {
            return try await supervisor.imports.retry(id) { _ = try await self.retryAll($0) }
        }
        let task = try await store.retry(id: id, at: time.now())
        announce([task])
        return task
    }

    /// Retries all of a project that failed, or was cancelled: imports as a whole, and every other task.
    /// - Returns: how many tasks were retried, imports not counted.
    package func retryAll(in project: ProjectNumber, status: TaskStatus) async throws -> Int {
        let count = Atomic(0)
        let imports = TaskQuery(projects: [project], status: status, type: .importMemories)
        for task in try await store.tasks(imports, slice: Slice(limit: Self.imports)) {
            do {
                _ = try await supervisor.imports.retry(task.id) { count.add(try await self.retryAll($0), ordering: .relaxed) }
            } catch let error as StoreError where error.code == .notRetryable || error.code == .notFound {
                continue
            }
        }
        return count.load(ordering: .relaxed) + (try await retryAll(RetrySelection(project: project, status: status)))
    }

    /// Retries all that a selection names, batch by batch, each task once however soon it fails again. What was retried stays so when a later batch
    /// can't be written.
    /// - Returns: how many.
    package func retryAll(_ selection: RetrySelection) async throws -> Int {
        var selection = selection
        var count = 0
        while true {
            try Task.checkCancellation()
            let batch = try await store.retryNext(selection, limit: Self.batch, at: time.now())
            announce(batch.tasks)
            count += batch.tasks.count
            guard let last = batch.last else { return count }
            selection.after = last
        }
    }

    private func announce(_ tasks: [TaskRecord]) {
        for task in tasks {
            hub.announce(TaskUpdate(stored: task, epoch: store.epoch))
        }
        let lanes = Dictionary(grouping: tasks) { Lane(project: $0.project, priority: $0.priority) }
        for (lane, tasks) in lanes { supervisor.accepted(lane, count: tasks.count) }
    }
}
