import Actors
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Knowledge
import Logging
package import NIOCore
package import NIOSSL
package import ServiceLifecycle

/// The HTTP side of Engram: routes, streams, TLS and limits, as services in the order in which they are to be started.
package struct EngramServer: Sendable {
    package struct Configuration: Sendable {
        package var host: String
        package var port: Int
        /// `nil` serves plain HTTP.
        package var tls: TLSConfiguration?
        package var corsOrigins: [String]
        package var streamAgeLimit: StreamAgeLimit

        package init(
            host: String, port: Int, tls: TLSConfiguration? = nil, corsOrigins: [String] = [],
            streamAgeLimit: StreamAgeLimit = StreamAgeLimit()
        ) {
            self.host = host
            self.port = port
            self.tls = tls
            self.corsOrigins = corsOrigins
            self.streamAgeLimit = streamAgeLimit
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
        let http = HTTPServerBuilder.http1(
            configuration: .init(additionalChannelHandlers: [RequestGuard(), StreamHandler(streams)], idleTimeout: nil))
        let application = Application(
            router: router, server: try configuration.tls.map { try .tls(http, tlsConfiguration: $0) } ?? http,
            configuration: .init(address: .hostname(configuration.host, port: configuration.port), serverName: "Engram", backlog: 4096),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? configuration.port) },
            eventLoopGroupProvider: .shared(eventLoopGroup), logger: backend.logger)
        self.application = application
        self.streams = streams
        queueDepths = depths
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
