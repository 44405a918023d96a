package import Knowledge
package import Logging
package import Persistence
import ServiceLifecycle
import Synchronization

/// Says where waiting tasks stand in their lanes, and when they will be done: to who asks, and every few seconds to who watches, when that has changed.
///
/// What is shown of a waiting task has ids of its revision with the number of the ``interval`` since the start as the step, one state for each: they
/// grow, and whatever comes of the task later has a higher revision.
package final class QueueReporter: Service {
    /// How often watched tasks are looked at: what waits is shown anew at most this often.
    package static let interval: Duration = .seconds(5)
    /// How many rounds what was shown is remembered after the last watcher has gone: one who comes back is not shown it again.
    private static let patience = 12

    private struct Shown {
        var update: TaskUpdate
        var round: Int64
    }

    private let store: any Store
    private let hub: ProgressHub
    private let forecaster: Forecaster
    private let time: TimeSource
    private let clock: any Clock<Duration>
    private let stopwatch: Stopwatch
    private let logger: Logger
    /// Bounded by the watched tasks, and those that were lately.
    private let shown = Mutex<[Identifier: Shown]>([:])

    package init(
        store: any Store, hub: ProgressHub, forecaster: Forecaster, time: TimeSource = .system,
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.store = store
        self.hub = hub
        self.forecaster = forecaster
        self.time = time
        self.clock = clock
        self.logger = logger
        stopwatch = Stopwatch(clock)
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await self.clock.sleep(for: Self.interval)) != nil { await self.report() }  // Ends with the task.
        }
    }

    /// The newest state of a task: of the actor that runs it, else as stored, with its place in the lane if it waits.
    package func state(of id: Identifier) async throws -> TaskUpdate? {
        if let running = hub.running(id) { return forecaster.annotated(running, at: time.now()) }
        guard let stored = try await store.task(id: id) else { return nil }
        return try await states(of: [stored]).first
    }

    /// The states of stored tasks, in the same order. One call of the store for all that wait.
    package func states(of tasks: [TaskRecord]) async throws -> [TaskUpdate] {
        let ids = tasks.filter { $0.status == .pending }.map(\.id)
        let waiting = ids.isEmpty ? [] : try await store.waiting(among: ids)
        let positions = Dictionary(waiting.map { ($0.task.id, $0) }) { first, _ in first }
        return tasks.map { task in
            if let running = hub.running(task.id) { return forecaster.annotated(running, at: time.now()) }
            guard let found = positions[task.id] else { return TaskUpdate(stored: task, epoch: store.epoch) }
            return update(found, step: 0)
        }
    }

    /// From now on the outlet receives the task's updates; see ``ProgressHub/watch(_:outlet:)``.
    package func watch(_ task: Identifier, outlet: Int) -> TaskUpdate? {
        hub.watch(task, outlet: outlet).map { forecaster.annotated($0, at: time.now()) }
    }

    /// The same of many, with one call of the store for all that wait: each alone would go through the same lane again. In no order; what does not exist
    /// is left out.
    package func beginnings(of ids: [Identifier]) async throws -> [TaskUpdate] {
        let waiting = try await store.waiting(among: ids)
        var updates = waiting.map { show($0).update }
        let found = Set(waiting.map(\.task.id))
        for id in ids where !found.contains(id) {
            if let stored = try await store.task(id: id) { updates.append(TaskUpdate(stored: stored, epoch: store.epoch)) }
        }
        return updates
    }

    /// What a stream begins with when no actor runs the task. Whoever is shown it is shown nothing older afterwards.
    package func beginning(of id: Identifier) async throws -> TaskUpdate? {
        try await beginnings(of: [id]).first
    }

    /// Looks at every watched task that waits, and shows what has changed.
    package func report() async {
        let ids = hub.watched.filter { hub.running($0) == nil }
        do {
            for waiting in ids.isEmpty ? [] : try await store.waiting(among: ids) {
                let (update, isNews) = show(waiting)
                if isNews { hub.announce(update) }
            }
        } catch {
            logger.warning("positions of waiting tasks could not be read; the next round tries again", metadata: ["error": "\(error)"])
        }
        let oldest = round - Int64(Self.patience)
        shown.withLock { shown in shown = shown.filter { $0.value.round >= oldest } }
    }

    private var round: Int64 { Int64(stopwatch.elapsed() / Self.interval) }

    /// What is to be shown of a task now: what was shown last, unless it has changed and a round has passed.
    private func show(_ waiting: WaitingTask) -> (update: TaskUpdate, isNews: Bool) {
        let round = self.round
        let fresh = update(waiting, step: round)
        return shown.withLock { shown in
            if var last = shown[waiting.task.id], last.update.task.revision == fresh.task.revision,
                last.update.id == fresh.id || !fresh.isNews(after: last.update)
            {
                last.round = round
                shown[waiting.task.id] = last
                return (last.update, false)
            }
            shown[waiting.task.id] = Shown(update: fresh, round: round)
            return (fresh, true)
        }
    }

    private func update(_ waiting: WaitingTask, step: Int64) -> TaskUpdate {
        var update = TaskUpdate(stored: waiting.task, epoch: store.epoch)
        update.id = EventID(epoch: store.epoch, revision: waiting.task.revision, step: step)
        if step > 0 { update.occurredAt = time.now() }
        update.queuePosition = waiting.position
        update.etaSeconds = forecaster.rest(of: waiting, at: time.now())
        return update
    }
}

extension TaskUpdate {
    /// Whether a waiting task has moved, or is expected at a time that differs by a tenth of the wait and a second or more.
    fileprivate func isNews(after last: TaskUpdate) -> Bool {
        guard queuePosition == last.queuePosition else { return true }
        guard let now = etaSeconds, let then = last.etaSeconds else { return (etaSeconds == nil) != (last.etaSeconds == nil) }
        return abs(now - then) >= max(1, then / 10)
    }
}
