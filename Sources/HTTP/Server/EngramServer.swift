import Actors
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Knowledge
import Logging
package import NIOCore
package import ServiceLifecycle

/// The HTTP side of Engram: routes, streams, TLS and limits, as services in the order in which they are to be started.
package struct EngramServer: Sendable {
    package struct Configuration: Sendable {
        package var host: String
        package var port: Int
        /// `nil` serves plain HTTP.
        package var tls: TLSIdentity?
        package var corsOrigins: [String]
        package var streamAgeLimit: StreamAgeLimit
        /// How many connections are accepted between two looks at those that are open.
        package var acceptedAtOnce: Int

        package init(
            host: String, port: Int, tls: TLSIdentity? = nil, corsOrigins: [String] = [],
            streamAgeLimit: StreamAgeLimit = StreamAgeLimit(), acceptedAtOnce: Int = 8
        ) {
            self.host = host
            self.port = port
            self.tls = tls
            self.corsOrigins = corsOrigins
            self.streamAgeLimit = streamAgeLimit
            self.acceptedAtOnce = acceptedAtOnce
        }
    }

    /// Answers requests until it is shut down.
    package let application: any Service
    /// Ends the streams; to be shut down before ``application``, which waits for them.
    package let streams: any Service
    /// Keeps the history that `/tasks/queue-depth` shows.
    package let queueDepths: any Service

    /// - Parameter onListening: called once with the port that is listened on.
    package init(
        _ backend: Backend, configuration: Configuration, eventLoopGroup: any EventLoopGroup,
        onListening: @escaping @Sendable (Int) async -> Void
    ) async throws {
        let cors = CORSPolicy(origins: configuration.corsOrigins)
        let readiness = Readiness()
        let loops = Array(eventLoopGroup.makeIterator())
        let streams = try await StreamService(
            backend, cors: cors, ageLimit: configuration.streamAgeLimit, readiness: readiness, eventLoops: loops)
        let depths = QueueDepthHistory(backend)
        let router = Self.router(backend, cors: cors, streams: streams, depths: depths, readiness: readiness)
        let desk = RequestDesk(logger: backend.logger)
        let connections = OpenConnections()
        var deadlines: [(loop: any EventLoop, deadlines: NIOLoopBound<ConnectionDeadlines>)] = []
        for loop in loops {
            let bound = try await loop.submit { NIOLoopBound(ConnectionDeadlines(eventLoop: loop), eventLoop: loop) }.get()
            deadlines.append((loop, bound))
        }
        let application = Application(
            router: router,
            server: HTTPServerBuilder { [deadlines] responder in
                ConnectionSetup(
                    responder: responder, streams: streams, desk: desk, connections: connections, tls: configuration.tls,
                    deadlines: deadlines)
            },
            configuration: .init(address: .hostname(configuration.host, port: configuration.port), serverName: "Engram", backlog: 4096),
            onServerRunning: { channel in
                await Self.prepare(channel, batch: configuration.acceptedAtOnce, logger: backend.logger)
                await onListening(channel.localAddress?.port ?? configuration.port)
            },
            eventLoopGroupProvider: .shared(eventLoopGroup), logger: backend.logger)
        self.application = HTTPService(application: application, desk: desk, connections: connections)
        self.streams = streams
        queueDepths = depths
    }

    /// - Parameter batch: how many connections are accepted between two looks at those that are open.
    private static func prepare(_ listener: any Channel, batch: Int, logger: Logger) async {
        do {
            try await listener.setOption(ChannelOptions.maxMessagesPerRead, value: UInt(batch)).get()
            try await DeadPeers.watch(connectionsOf: listener)
        } catch {
            logger.error("clients that vanish will not be noticed: a socket option was refused", metadata: ["error": "\(error)"])
        }
    }

    private static func router(
        _ backend: Backend, cors: CORSPolicy, streams: StreamService, depths: QueueDepthHistory, readiness: Readiness
    ) -> Router<EngramRequestContext> {
        let table = RouteTable()
        let router = Router(context: EngramRequestContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: BoundaryMiddleware(backend: backend, cors: cors, table: table))

        let root = Routes(router.group(), prefix: "", table: table)
        let open = Routes(router.group(RouterPath(APIBase.path)), prefix: APIBase.path, table: table)
        let operations = OperationsController(backend: backend, readiness: readiness)
        operations.register(root)
        operations.register(open)
        ConsoleController().register(root)
        StreamController(backend: backend, streams: streams).register(open)
        let auth = AuthController(backend: backend, streams: streams)
        auth.registerOpen(open)

        let guarded = router.group(RouterPath(APIBase.path)).add(middleware: AuthenticationMiddleware(authenticator: backend.authenticator))
        let api = Routes(guarded, prefix: APIBase.path, table: table)
        auth.register(api)
        MemoriesController(backend: backend).register(api)
        TasksController(backend: backend, depths: depths).register(api)
        ImportsController(backend: backend).register(api)
        RetryController(backend: backend).register(api)
        ProjectsController(backend: backend, streams: streams).register(api)
        RebuildController(backend: backend).register(api)
        GraphController(backend: backend).register(api)
        return router
    }
}
