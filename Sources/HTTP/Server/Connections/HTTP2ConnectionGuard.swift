import Logging
import NIOCore
import NIOHTTP2

/// Sees to it that a connection of HTTP/2 begins, and ends when it is to, whatever its client answers: after the first GOAWAY the library waits for the
/// answer to a PING without end.
final class HTTP2ConnectionGuard: ChannelDuplexHandler, DeadlineHolder {
    typealias InboundIn = HTTP2Frame
    typealias InboundOut = HTTP2Frame
    typealias OutboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    /// From the server's shutdown to the connection's end, however many of its requests are under way.
    private static let patience: TimeAmount = .seconds(10)
    /// From a GOAWAY to the client's sign that it has read it.
    private static let silence: TimeAmount = .seconds(30)

    private let deadlines: ConnectionDeadlines
    private let logger: Logger
    private var deadline: NIODeadline?
    private var isQuiescing = false
    private var context: ChannelHandlerContext?

    /// - Parameter deadline: when the client's first frame has to be there.
    init(deadlines: ConnectionDeadlines, deadline: NIODeadline, logger: Logger) {
        self.deadlines = deadlines
        self.deadline = deadline
        self.logger = logger
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        deadlines.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadlines.remove(self)
        self.context = nil
    }

    /// Tells those behind it that the connection is active: they came when it was already.
    func begin() {
        context?.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !isQuiescing { deadline = nil }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .goAway = unwrapOutboundIn(data).payload, !isQuiescing { deadline = .now() + Self.silence }
        context.write(data, promise: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { deadlines.quiesce() }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What concerns one stream is told to that stream.
        if error is NIOHTTP2Errors.StreamError { return }
        logger.debug("a connection of HTTP/2 ends for an error", metadata: ["error": "\(error)"])
        context.close(promise: nil)
    }

    func check(_ now: NIODeadline) {
        if let deadline, deadline <= now { context?.close(promise: nil) }
    }

    func quiesce() {
        guard !isQuiescing else { return }
        isQuiescing = true
        deadline = .now() + Self.patience
    }
}
