import Logging
import NIOCore
import NIOHTTP2

/// Sees to it that a connection of HTTP/2 begins, and ends when the server does, whatever its client answers.
final class HTTP2ConnectionGuard: ChannelInboundHandler, DeadlineHolder {
    typealias InboundIn = HTTP2Frame

    /// From the server's shutdown to the connection's end, however many of its requests are under way.
    private static let patience: TimeAmount = .seconds(10)

    private let deadlines: ConnectionDeadlines
    private let logger: Logger
    private var deadline: NIODeadline?
    private var context: ChannelHandlerContext?

    init(deadlines: ConnectionDeadlines, logger: Logger) {
        self.deadlines = deadlines
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
        deadline = .now() + Self.patience
    }
}
