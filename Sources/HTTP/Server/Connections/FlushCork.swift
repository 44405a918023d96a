import NIOCore

/// Holds back the flushes of an event loop's connections while one change is written to many of their streams, so that a connection of HTTP/2 is
/// encrypted and written once, not once for each of its streams. Confined to the loop.
final class FlushCork {
    private var depth = 0
    private var waiting: [FlushCorkHandler] = []

    /// Whatever is flushed meanwhile is flushed at the end.
    func hold(_ body: () -> Void) {
        depth += 1
        body()
        depth -= 1
        guard depth == 0 else { return }
        let waiting = waiting
        self.waiting = []
        for handler in waiting { handler.flushNow() }
    }

    /// - Returns: whether the flush is to wait.
    fileprivate func holdsBack(_ handler: FlushCorkHandler) -> Bool {
        guard depth > 0 else { return false }
        waiting.append(handler)
        return true
    }
}

/// Where a connection's flushes wait; between its HTTP/2 and its TLS.
final class FlushCorkHandler: ChannelOutboundHandler {
    typealias OutboundIn = NIOAny

    private let cork: FlushCork
    private var context: ChannelHandlerContext?
    private var isWaiting = false

    init(_ cork: FlushCork) {
        self.cork = cork
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func flush(context: ChannelHandlerContext) {
        guard !isWaiting else { return }
        if cork.holdsBack(self) { isWaiting = true } else { context.flush() }
    }

    fileprivate func flushNow() {
        isWaiting = false
        context?.flush()
    }
}
