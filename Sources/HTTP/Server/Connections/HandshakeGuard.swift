import NIOCore

/// Ends a connection whose TLS handshake is not done in time.
final class HandshakeGuard: ChannelInboundHandler, RemovableChannelHandler, DeadlineHolder {
    typealias InboundIn = NIOAny

    private let deadlines: ConnectionDeadlines
    /// The same moment until which the first request's headers have to be there.
    let deadline: NIODeadline
    private var context: ChannelHandlerContext?

    init(deadlines: ConnectionDeadlines, deadline: NIODeadline) {
        self.deadlines = deadlines
        self.deadline = deadline
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        deadlines.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadlines.remove(self)
        self.context = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { return quiesce() }
        context.fireUserInboundEventTriggered(event)
    }

    func check(_ now: NIODeadline) {
        if deadline <= now { context?.close(promise: nil) }
    }

    func quiesce() {
        context?.close(promise: nil)
    }
}
