import Knowledge
package import Logging
package import Persistence
import ServiceLifecycle

/// Forgets what has served its time, a little at a time, so that it never stands in anybody's way.
package struct Housekeeping: Service {
    /// How long a client's idempotency key is honoured, in seconds.
    package static let idempotencyLifetime: Int64 = 24 * 3600

    private static let interval: Duration = .seconds(600)
    private static let batch = 1000

    private let store: any Store
    private let time: TimeSource
    private let clock: any Clock<Duration>
    private let logger: Logger

    package init(store: any Store, time: TimeSource = .system, clock: any Clock<Duration> = ContinuousClock(), logger: Logger) {
        self.store = store
        self.time = time
        self.clock = clock
        self.logger = logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            repeat { await tidy() } while (try? await clock.sleep(for: Self.interval)) != nil  // Ends with the task.
        }
    }

    /// Forgets everything that is due now.
    package func tidy() async {
        let cutoff = time.now().advanced(bySeconds: -Self.idempotencyLifetime)
        do {
            while try await store.pruneIdempotencyKeys(before: cutoff, limit: Self.batch) == Self.batch, !Task.isCancelled {}
        } catch {
            logger.warning("idempotency keys could not be pruned; the next round tries again", metadata: ["error": "\(error)"])
        }
    }
}
