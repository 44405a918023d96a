import Actors
import Logging
import ServiceLifecycle
import UnixSignals

/// Reads the configuration file again at every SIGHUP. A bad one is refused, and the old values stay.
struct ConfigurationReload: Service {
    private let options: Serve
    private let supervisor: IngestionSupervisor
    private let signals: UnixSignalsSequence
    private let logger: Logger

    /// - Parameter signals: of SIGHUP, trapped from before the server says that it listens: the signal would end the process.
    init(_ options: Serve, supervisor: IngestionSupervisor, signals: UnixSignalsSequence, logger: Logger) {
        self.options = options
        self.supervisor = supervisor
        self.signals = signals
        self.logger = logger
    }

    func run() async throws {
        for await _ in signals.cancelOnGracefulShutdown() { await reload() }
    }

    private func reload() async {
        guard let path = options.config else {
            logger.notice("SIGHUP changes nothing: the server was started without --config")
            return
        }
        do {
            let tuning = try options.tuning()
            let changes = await supervisor.tuning.changes(to: tuning)
            await supervisor.reconfigure(tuning)
            for change in changes {
                logger.info(
                    "a setting was changed",
                    metadata: ["setting": "\(change.name)", "before": "\(change.before)", "after": "\(change.after)"])
            }
            if changes.isEmpty { logger.info("the configuration file was read again; nothing has changed", metadata: ["file": "\(path)"]) }
        } catch {
            logger.error("the configuration file was not taken over; the old settings stay", metadata: ["error": "\(error.sentence)"])
        }
    }
}
