import Actors
import HTTP
import Logging
import ServiceLifecycle
import UnixSignals

/// Reads the configuration file again at every SIGHUP. A bad one is refused, and the old values stay.
struct ConfigurationReload: Service {
    private let options: Serve
    private let supervisor: IngestionSupervisor
    private let housekeeping: Housekeeping
    private let streamAge: StreamAgeLimit
    private let streamQuota: StreamQuota
    private let openFiles: Int
    private let streams: StreamSettings
    private let signals: UnixSignalsSequence
    private let logger: Logger

    /// - Parameters:
    ///   - streams: what `streamQuota` was made of.
    ///   - openFiles: how many files the process may have open.
    ///   - signals: of SIGHUP, trapped from before the server says that it listens: the signal would end the process.
    init(
        _ options: Serve, supervisor: IngestionSupervisor, housekeeping: Housekeeping, streamAge: StreamAgeLimit,
        streamQuota: StreamQuota, streams: StreamSettings, openFiles: Int, signals: UnixSignalsSequence, logger: Logger
    ) {
        self.options = options
        self.supervisor = supervisor
        self.housekeeping = housekeeping
        self.streamAge = streamAge
        self.streamQuota = streamQuota
        self.streams = streams
        self.openFiles = openFiles
        self.signals = signals
        self.logger = logger
    }

    func run() async throws {
        var streams = streams
        for await _ in signals.cancelOnGracefulShutdown() { await reload(&streams) }
    }

    private func reload(_ streams: inout StreamSettings) async {
        guard let path = options.config else {
            logger.notice("SIGHUP changes nothing: the server was started without --config")
            return
        }
        do {
            let (settings, overridden) = try options.configuration()
            let before = await Settings(
                tuning: supervisor.tuning, retention: housekeeping.retention, streams: streams, streamMaxAge: streamAge.longest)
            let changes = before.changes(to: settings)
            await supervisor.reconfigure(settings.tuning)
            housekeeping.reconfigure(settings.retention)
            streamAge.set(settings.streamMaxAge)
            streamQuota.set(settings.streams.limits(openFiles: openFiles))
            streams = settings.streams
            for change in changes {
                logger.info(
                    "a setting was changed",
                    metadata: ["setting": "\(change.name)", "before": "\(change.before)", "after": "\(change.after)"])
            }
            for setting in overridden {
                logger.notice("a flag wins over the configuration file", metadata: ["setting": "\(setting)", "file": "\(path)"])
            }
            if changes.isEmpty { logger.info("the configuration file was read again; nothing has changed", metadata: ["file": "\(path)"]) }
        } catch {
            logger.error("the configuration file was not taken over; the old settings stay", metadata: ["error": "\(error.sentence)"])
        }
    }
}
