package import Logging
package import Persistence
import ServiceLifecycle

/// Keeps what the ``Forecaster`` has measured: read at the start, written every few seconds when it has changed, and at the end. A crash loses those
/// seconds, and nobody waits for a write.
package struct StatisticsKeeper: Service {
    private static let interval: Duration = .seconds(5)

    private let store: any StatisticsStore
    private let forecaster: Forecaster
    private let clock: any Clock<Duration>
    private let logger: Logger

    package init(store: any StatisticsStore, forecaster: Forecaster, clock: any Clock<Duration> = ContinuousClock(), logger: Logger) {
        self.store = store
        self.forecaster = forecaster
        self.clock = clock
        self.logger = logger
    }

    /// Reads what was kept. To be called before any task runs, once.
    /// - Throws: ``StoreError``.
    package func load() async throws {
        forecaster.load(try await store.stageSketches())
    }

    /// Stops after whoever runs tasks, so that the last of them count.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await clock.sleep(for: Self.interval)) != nil { await keep() }  // Ends with the task.
        }
        await keep()
    }

    /// Writes what has changed.
    package func keep() async {
        let changed = forecaster.takeChanged()
        guard !changed.isEmpty else { return }
        do {
            try await store.keep(changed)
        } catch {
            forecaster.didNotKeep(changed)
            logger.warning("what tasks have taken could not be written down; that is tried again", metadata: ["error": "\(error)"])
        }
    }
}
