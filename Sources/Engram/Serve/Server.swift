import Actors
import Foundation
import HTTP
import Knowledge
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Persistence
import PersistenceSQLite
import ServiceLifecycle
import UnixSignals

/// The composition root: puts a server together from its flags and runs it until a signal.
struct Server {
    private let options: Serve

    init(_ options: Serve) {
        self.options = options
    }

    func run() async throws {
        var logger = Logger(label: "engram") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = options.logLevel
        let certificate = try certificateFiles.map { try CertificateWatch($0, logger: logger) }
        let settings = try options.settings()

        // What is written is its owner's alone, in a directory that exists already, too.
        umask(0o077)
        let directory = try DataDirectory(path: options.data)
        let store = try await openStore(directory.database)
        do {
            try await serve(store, directory, certificate: certificate, settings: settings, logger: logger)
        } catch {
            await store.close()
            throw error
        }
        await store.close()
        logger.info("stopped")
    }

    private var certificateFiles: TLSFiles? {
        guard let certificate = options.tlsCertificate, let key = options.tlsKey else { return nil }
        return TLSFiles(certificate: certificate, key: key)
    }

    private func openStore(_ database: String) async throws -> any Store {
        switch options.store {
        case .memory: return InMemoryStore()
        case .sqlite:
            let failpoint = try ProcessInfo.processInfo.environment["ENGRAM_FAILPOINT"].map { text in
                guard let failpoint = Failpoint(text) else {
                    let names = Failpoint.Operation.allCases.map(\.rawValue).joined(separator: ", ")
                    throw StoreError(.unusable, "ENGRAM_FAILPOINT is not NAME:before|after:COUNT with a NAME of \(names).")
                }
                return failpoint
            }
            return try await SQLiteStore.open(at: database, failpoint: failpoint)
        }
    }

    private func serve(
        _ store: any Store, _ directory: borrowing DataDirectory, certificate: CertificateWatch?, settings: Settings, logger: Logger
    ) async throws {
        let reloads = await UnixSignalsSequence(trapping: .sighup)
        // No more loops than the hub has outlets.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: min(64, System.coreCount))
        let time = TimeSource.system
        let hub = ProgressHub(outlets: Array(group.makeIterator()).count)
        let keys = try await KeyRing(store: store)
        let owner = try await OwnerKey.establish(in: keys, file: directory.ownerKeyFile, now: time.now())
        let authenticator = Authenticator(
            keys: keys, secret: try directory.secret(), isOpen: options.noAuth,
            ticketLifetime: options.ticketLifetime.duration.components.seconds,
            now: time.now)
        let codes = ConsoleCodes()

        var configuration = IngestionSupervisor.Configuration()
        configuration.tuning = settings.tuning
        configuration.grace = options.grace.duration
        var surroundings = TaskActor.Surroundings(store: store, hub: hub, extractor: options.extraction.makeExtractor(), logger: logger)
        surroundings.chores[.rebuildCommunities] = CommunityRebuild(store: store, executor: DedicatedExecutor("communities"))
        let supervisor = IngestionSupervisor(surroundings, configuration: configuration)
        let statistics = StatisticsKeeper(store: store, forecaster: surroundings.forecaster, logger: logger)
        let queues = QueueReporter(store: store, hub: hub, forecaster: surroundings.forecaster, logger: logger)
        let housekeeping = Housekeeping(store: store, retention: settings.retention, logger: logger)
        let openFiles = OpenFiles.raise()
        let streamQuota = StreamQuota(settings.streams.limits(openFiles: openFiles))
        let backend = Backend(
            store: store, supervisor: supervisor, hub: hub, queues: queues, housekeeping: housekeeping, authenticator: authenticator,
            consoleCodes: codes, streamQuota: streamQuota, time: time,
            bodyLimit: options.bodyLimit, isTLS: certificate != nil, version: Engram.version, logger: logger)

        let greeting = Greeting(
            scheme: certificate == nil ? "http" : "https", host: options.host, ownerKeyFile: directory.ownerKeyFile,
            asksForKeys: !options.noAuth)
        let streamAge = StreamAgeLimit(settings.streamMaxAge)
        let server = try await EngramServer(
            backend,
            configuration: .init(
                host: options.host, port: options.port, tls: certificate?.identity, corsOrigins: options.corsOrigin,
                streamAgeLimit: streamAge, acceptedAtOnce: max(4, min(64, openFiles / 64))),
            eventLoopGroup: group
        ) { port in
            greeting.print(port: port, code: codes.make(for: options.noAuth ? .anybody : owner, at: time.now()))
        }
        let reload = ConfigurationReload(
            options, supervisor: supervisor, housekeeping: housekeeping, streamAge: streamAge, streamQuota: streamQuota,
            streams: settings.streams, openFiles: openFiles, signals: reloads, logger: logger)
        // Stopped in reverse: streams are told first, then requests end, then tasks; the store is closed last of all.
        var services: [any Service] = [statistics, supervisor, housekeeping, queues, reload, server.queueDepths]
        if let certificate { services.append(certificate) }
        services += [server.application, server.streams]
        var lifecycle = ServiceGroupConfiguration(
            services: services.map { .init(service: $0) },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        // Whatever a client does, the rest has to be given back before somebody loses patience and kills the process.
        lifecycle.maximumGracefulShutdownDuration = options.grace.duration + .seconds(20)
        try await statistics.load()
        try await supervisor.recover()
        try await ServiceGroup(configuration: lifecycle).run()
    }
}
