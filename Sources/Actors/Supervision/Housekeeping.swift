import Knowledge
package import Logging
package import Persistence
import ServiceLifecycle
import Synchronization

/// For how long finished tasks are kept.
package struct TaskRetention: Sendable, Equatable {
    /// How long after their end; `nil` is for ever.
    package var age: Duration? = .seconds(7 * 24 * 3600)
    /// How many at most; `nil` is all.
    package var limit: Int? = 1_000_000

    package init() {}
}

/// Forgets what has served its time, a little at a time, so that it never stands in anybody's way: soon after the start, then now and then, and
/// whenever somebody has left something to be cleared away.
package final class Housekeeping: Service {
    /// How long a client's idempotency key is honoured, in seconds.
    package static let idempotencyLifetime: Int64 = 24 * 3600

    private static let interval: Duration = .seconds(600)
    private static let batch = 1000
    /// How many rows of deleted projects go in one write, and how long the others have the writer to themselves afterwards.
    private static let purgeBatch = 400
    /// How many tasks are looked at in one step.
    private static let pruneBatch = 300
    private static let pause: Duration = .milliseconds(10)

    private let store: any Store
    private let rule: Mutex<TaskRetention>
    private let time: TimeSource
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    package init(
        store: any Store, retention: TaskRetention = TaskRetention(), time: TimeSource = .system,
        clock: any Clock<Duration> = ContinuousClock(), logger: Logger
    ) {
        self.store = store
        rule = Mutex(retention)
        self.time = time
        self.clock = clock
        self.logger = logger
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// For how long finished tasks are kept from now on.
    package var retention: TaskRetention { rule.withLock { $0 } }

    /// Changes that, and has it take effect.
    package func reconfigure(_ retention: TaskRetention) {
        rule.withLock { $0 = retention }
        wake()
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask {
                    repeat { self.wake() } while (try? await self.clock.sleep(for: Self.interval)) != nil  // Ends with the task.
                }
                for await _ in self.signals { await self.tidy() }
                group.cancelAll()
            }
        }
    }

    /// Says that there is something to do. Does not wait.
    package func wake() {
        signal.yield()
    }

    /// Forgets everything that is due now.
    package func tidy() async {
        await attempt("idempotency keys could not be pruned; the next round tries again") {
            let cutoff = time.now().advanced(bySeconds: -Self.idempotencyLifetime)
            while try await store.pruneIdempotencyKeys(before: cutoff, limit: Self.batch) == Self.batch { try await rest() }
        }
        await attempt("a deleted project's rows could not be deleted; the next round goes on") {
            while try await store.purge(limit: Self.purgeBatch) { try await rest() }
        }
        await attempt("finished tasks could not be pruned; the next round tries again") { try await pruneTasks() }
        await attempt("what is kept of imports that are gone could not be deleted; the next round goes on") {
            while try await store.pruneImports(limit: Self.purgeBatch) > 0 { try await rest() }
        }
        await attempt("free space could not be given back; the next round tries again") {
            while try await store.shrink() { try await rest() }
        }
    }

    private func pruneTasks() async throws {
        let retention = self.retention
        var rule = PruneRule(endedBefore: retention.age.map { time.now().earlier(by: $0) })
        if let limit = retention.limit { rule.excess = max(0, try await store.finishedTasks() - limit) }
        guard rule.endedBefore != nil || rule.excess > 0 else { return }
        var total = 0
        while true {
            let pruned = try await store.pruneTasks(rule, limit: Self.pruneBatch)
            total += pruned.count
            guard let last = pruned.last else { break }
            rule.after = last
            rule.excess -= min(rule.excess, pruned.count)
            try await rest()
        }
        if total > 0 { logger.info("finished tasks pruned", metadata: ["tasks": "\(total)"]) }
    }

    /// - Throws: `CancellationError`.
    private func rest() async throws {
        try await clock.sleep(for: Self.pause)
    }

    private func attempt(_ failure: Logger.Message, _ work: () async throws -> Void) async {
        do {
            try await work()
        } catch is CancellationError {
            return
        } catch {
            logger.warning(failure, metadata: ["error": "\(error)"])
        }
    }
}

extension Timestamp {
    fileprivate func earlier(by duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        return Timestamp(microseconds: microseconds - seconds * 1_000_000 - attoseconds / 1_000_000_000_000)
    }
}
