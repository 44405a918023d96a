import HTTPTypes
import Logging
import NIOCore
import NIOHTTPTypes

/// Stands between a connection's codecs (or those of one HTTP/2 stream) and whoever answers requests: takes those for streams out and lets
/// everything else pass.
///
/// Whoever answers requests is called in with the first one that passes, so that a connection which only ever streams has neither a task nor an async
/// channel. A request for a stream waits here until its task's state is known. Then the gate and the codecs make way for a ``StreamOutput``, or the
/// request passes after all, and the route says why there is no stream.
final class StreamGate: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private enum State {
        /// Requests pass through.
        case passing
        /// A stream's request is being read.
        case reading(HTTPRequest)
        /// Its subscriber has been told of it.
        case waiting(HTTPRequest, any StreamSubscriber)
        /// The stream is open, or the connection is not.
        case gone
    }

    private let setup: ConnectionSetup
    /// What turns bytes into requests, and has nothing to do once a stream is open.
    private var codecs: [any RemovableChannelHandler]
    private let isHTTP2: Bool
    private var state = State.passing
    private var context: ChannelHandlerContext?
    /// Requests passed through and not yet answered.
    private var underWay = 0
    private var isAttended = false
    private var discardedInput = false
    /// The server shuts down: whoever answers a request that passes is told.
    private var isQuiescing = false

    init(_ setup: ConnectionSetup, codecs: [any RemovableChannelHandler], isHTTP2: Bool) {
        self.setup = setup
        self.codecs = codecs
        self.isHTTP2 = isHTTP2
    }

    private var streams: StreamService { setup.streams }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        leave()
        self.context = nil
        codecs = []
    }

    // MARK: Inbound

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (state, unwrapInboundIn(data)) {
        case (.passing, .head(let head)):
            if underWay == 0, streams.isMeant(by: head) {
                state = .reading(head)
            } else {
                pass(.head(head))
            }
        case (.passing, let part):
            pass(part)
        case (.reading(let head), .end):
            guard let request = streams.admits(head) else { return passOn(head) }
            guard let broadcaster = streams.broadcaster(on: context.eventLoop), !broadcaster.isDraining,
                let seat = streams.seat(for: request.principal, at: context.channel.remoteAddress)
            else { return passOn(head) }
            let stream = TaskStream(request, gate: self, broadcaster: broadcaster, seat: seat)
            state = .waiting(head, stream)
            stream.begin()
        case (.reading, _):
            break
        default:
            discardedInput = true
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { underWay -= 1 }
        context.write(data, promise: promise)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .passing = state, isAttended { context.fireErrorCaught(error) } else { close() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch (state, event) {
        case (.passing, _) where isAttended:
            context.fireUserInboundEventTriggered(event)
        case (.waiting(_, let subscriber), is ChannelShouldQuiesceEvent):
            subscriber.drain()
        case (.passing, ChannelEvent.inputClosed), (.reading, ChannelEvent.inputClosed), (.waiting, ChannelEvent.inputClosed):
            // Nobody sends half a request, or reads a stream, that way. On HTTP/2 it is how a request ends.
            if !isHTTP2 { close() }
        case (.passing, is ChannelShouldQuiesceEvent):
            close()
        case (.reading, is ChannelShouldQuiesceEvent):
            isQuiescing = true
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    // MARK: What the subscriber asks for

    /// Answers 200 with the head of an event stream, not yet flushed. From now on the subscriber hears from the output.
    /// - Returns: `nil` if nobody waits for that any more.
    func open() -> StreamOutput? {
        guard case .waiting(let head, let subscriber) = state, let context else { return nil }
        state = .gone
        var headers = streams.headers(for: head.headerFields)
        // Its codecs are gone by then.
        if !isHTTP2 { headers[.connection] = "close" }
        context.write(wrapOutboundOut(.head(HTTPResponse(status: .ok, headerFields: headers))), promise: nil)
        let isLegacy = codecs.contains { ($0 as? HTTP1Compatibility)?.isLegacy ?? false }
        let output = StreamOutput(isHTTP2 ? .http2 : isLegacy ? .bare : .chunks, for: subscriber, discardedInput: discardedInput)
        let pipeline = context.pipeline.syncOperations
        do {
            try pipeline.addHandler(output, position: .after(self))
        } catch {
            // The pipeline is being taken down.
            close()
            return nil
        }
        for codec in codecs { pipeline.removeHandler(codec, promise: nil) }
        pipeline.removeHandler(self, promise: nil)
        return output
    }

    /// Answers 204, by which a browser stops asking.
    func answerNoContent() {
        guard case .waiting(let head, _) = state, let context else { return }
        guard !discardedInput else { return close() }
        state = .passing
        context.write(
            wrapOutboundOut(.head(HTTPResponse(status: .noContent, headerFields: streams.headers(for: head.headerFields)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    /// Passes the request on, for the route to answer.
    func refuse() {
        guard case .waiting(let head, _) = state else { return }
        guard !discardedInput else { return close() }
        passOn(head)
    }

    func close() {
        leave()
        context?.close(promise: nil)
    }

    // MARK: Those who answer requests

    private func passOn(_ head: HTTPRequest) {
        state = .passing
        pass(.head(head))
        if isQuiescing { context?.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
        pass(.end(nil))
        context?.fireChannelReadComplete()
    }

    private func pass(_ part: HTTPRequestPart) {
        guard let context else { return }
        if case .head = part { underWay += 1 }
        if !isAttended {
            isAttended = true
            do {
                try setup.desk.attend(to: context.channel, of: setup)
            } catch {
                // The pipeline is being taken down.
                return close()
            }
        }
        context.fireChannelRead(wrapInboundOut(part))
    }

    private func leave() {
        let left = state
        state = .gone
        if case .waiting(_, let subscriber) = left { subscriber.outputDidClose() }
    }
}
