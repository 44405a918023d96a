import Actors
import HTTPTypes
import Knowledge
import NIOCore
import Persistence
import ServiceLifecycle

/// The streams of a server: a broadcaster for each event loop, fed by its outlet of the progress hub.
final class StreamService: Service {
    /// How long a task's subscribers wait before they come back, in milliseconds: jittered, so that they don't come at once, and
    /// not less, so that a page that closes 1.5 s after the end is not overtaken by its reconnect.
    static let retryRange = 2000...4000
    /// The same after a shutdown, and when a connection has lasted for as long as it may.
    static let drainRetryRange = 2000...6000
    /// The same while as many streams are open as may be: who comes back may find no seat again.
    static let overloadRetryRange = 5000...15_000

    let backend: Backend
    let cors: CORSPolicy
    let ageLimit: StreamAgeLimit
    private let readiness: Readiness
    private let broadcasters: [(loop: any EventLoop, broadcaster: NIOLoopBound<EventLoopBroadcaster>)]

    init(_ backend: Backend, cors: CORSPolicy, ageLimit: StreamAgeLimit, readiness: Readiness, eventLoops: [any EventLoop]) async throws {
        self.backend = backend
        self.cors = cors
        self.ageLimit = ageLimit
        self.readiness = readiness
        var broadcasters: [(loop: any EventLoop, broadcaster: NIOLoopBound<EventLoopBroadcaster>)] = []
        precondition(eventLoops.count <= backend.hub.outlets.count, "each event loop needs an outlet of its own")
        for (index, loop) in eventLoops.enumerated() {
            let broadcaster = try await loop.submit {
                NIOLoopBound(EventLoopBroadcaster(backend: backend, ageLimit: ageLimit, outlet: index, eventLoop: loop), eventLoop: loop)
            }.get()
            broadcasters.append((loop, broadcaster))
        }
        self.broadcasters = broadcasters
    }

    var isStopping: Bool { readiness.isStopping }

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await withThrowingDiscardingTaskGroup { group in
                for (index, (loop, broadcaster)) in broadcasters.enumerated() {
                    let reader = OutletReader(outlet: backend.hub.outlets[index], eventLoop: loop)
                    group.addTask { await reader.deliver(to: broadcaster) }
                }
            }
        } onGracefulShutdown: {
            self.readiness.stop()
            for (loop, broadcaster) in self.broadcasters {
                loop.execute { broadcaster.value.drain() }
            }
            for outlet in self.backend.hub.outlets { outlet.finish() }
        }
    }

    /// Ends the streams that were opened with a key that has been revoked, or with a ticket that it made.
    func close(openedBy key: Identifier) {
        for (loop, broadcaster) in broadcasters {
            loop.execute { broadcaster.value.close(openedBy: key) }
        }
    }

    /// Ends the streams of a deleted project's tasks.
    func close(tasksOf project: Identifier) {
        for (loop, broadcaster) in broadcasters {
            loop.execute { broadcaster.value.close(tasksOf: project) }
        }
    }

    /// A seat for another stream, unless as many are open as may be.
    func seat(for principal: Principal, at address: SocketAddress?) -> StreamSeat? {
        backend.streamQuota.seat(for: principal, at: address, logger: backend.logger)
    }

    /// The broadcaster of the event loop that the caller runs on.
    func broadcaster(on eventLoop: any EventLoop) -> EventLoopBroadcaster? {
        broadcasters.first { $0.loop === eventLoop }?.broadcaster.value
    }

    /// Whether a request is one for a stream; everything else is answered by the routes.
    func isMeant(by head: HTTPRequest) -> Bool {
        head.method == .get && StreamRequest.task(inPath: (head.path ?? "").prefix { $0 != "?" }) != nil
    }

    /// A request for a stream that can be opened now; otherwise the routes answer it.
    func admits(_ head: HTTPRequest) -> StreamRequest? {
        guard isMeant(by: head), !readiness.isStopping else { return nil }
        // The route says what is wrong with it.
        return try? { () throws(Problem) -> StreamRequest in
            try OriginCheck(cors: cors, isOpen: backend.authenticator.isOpen).check(head)
            return try StreamRequest(head, authenticator: backend.authenticator)
        }()
    }

    /// What the head of a stream says beside its status.
    func headers(for request: HTTPFields) -> HTTPFields {
        var headers: HTTPFields = [
            .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store, no-transform"
        ]
        if let name = HTTPField.Name("X-Accel-Buffering") { headers[name] = "no" }
        if let name = RequestID.header { headers[name] = RequestID.of(request, orMake: backend.newIdentifier) }
        headers.append(contentsOf: cors.headers(for: request))
        return headers
    }
}

/// Takes what comes for one event loop on that loop itself.
private actor OutletReader {
    private let outlet: ProgressOutlet
    private let eventLoop: any EventLoop

    init(outlet: ProgressOutlet, eventLoop: any EventLoop) {
        self.outlet = outlet
        self.eventLoop = eventLoop
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { eventLoop.executor.asUnownedSerialExecutor() }

    func deliver(to broadcaster: NIOLoopBound<EventLoopBroadcaster>) async {
        for await _ in outlet.arrivals { broadcaster.value.deliver(outlet.take()) }
    }
}
