import Actors
import HTTPTypes
import Knowledge
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import Persistence

/// Takes requests for streams out of a connection and serves them on its event loop: no task, no async channel and no HTTP
/// encoding for an event. Everything else passes through.
///
/// It stands behind the HTTP codec and before whatever answers requests. A request that it can't serve is passed on, and the
/// route says why. After a stream has ended the connection serves requests again, unless some came meanwhile.
final class StreamHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private enum State {
        /// Requests pass through.
        case passing
        /// A stream's request is being read.
        case reading(HTTPRequest, StreamRequest)
        /// Its task's state is being looked up.
        case waiting(HTTPRequest, StreamRequest)
        case streaming(StreamRequest)
        /// The last bytes are on their way; the connection closes, or passes requests again.
        case ending
        case closed
    }

    private let service: StreamService
    private var state = State.passing
    private var context: ChannelHandlerContext?
    /// Where chunks are written: below the HTTP encoder, which would frame them once more for each subscriber.
    private var encoder: ChannelHandlerContext?
    private var broadcaster: EventLoopBroadcaster?
    /// Requests passed through and not yet answered.
    private var underWay = 0
    private var discardedInput = false
    private var closesAfterwards = false
    private var lastShown: EventID?
    private var saidRetry = false
    /// The client speaks HTTP/1.0, which knows no chunks.
    private var isLegacy = false
    private var seat: StreamSeat?
    /// The newest state while the connection can't be written to.
    private var held: EventFrame?
    private var lastWrite = NIODeadline.now()
    private var lease = StreamLease()

    init(_ service: StreamService) {
        self.service = service
    }

    var principal: Principal? {
        switch state {
        case .waiting(_, let request), .streaming(let request): request.principal
        default: nil
        }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        leave()
        self.context = nil
        encoder = nil
    }

    // MARK: Inbound

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (state, unwrapInboundIn(data)) {
        case (.passing, .head(let head)):
            if underWay == 0, let request = service.admits(head) {
                state = .reading(head, request)
            } else {
                underWay += 1
                context.fireChannelRead(data)
            }
        case (.passing, _):
            context.fireChannelRead(data)
        case (.reading(let head, _), .end):
            // Asked again: its key may have been revoked while the request was being sent.
            guard let request = service.admits(head) else { return passOn(head) }
            state = .waiting(head, request)
            broadcaster = service.broadcaster(on: context.eventLoop)
            seat = service.seat(for: request.principal, at: context.channel.remoteAddress)
            if let broadcaster, !broadcaster.isDraining, seat != nil { broadcaster.subscribe(self, to: request.task) } else { refuse() }
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
        if case .passing = state { context.fireErrorCaught(error) } else { close() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch (state, event) {
        case (.waiting, ChannelEvent.inputClosed), (.streaming, ChannelEvent.inputClosed):
            // A client that has closed its half is gone: nobody reads a stream that way.
            close()
        case (.streaming, is ChannelShouldQuiesceEvent), (.waiting, is ChannelShouldQuiesceEvent):
            drain()
        case (.ending, is ChannelShouldQuiesceEvent):
            closesAfterwards = true
            _ = context.eventLoop.assumeIsolated().scheduleTask(in: EventLoopBroadcaster.lastPatience) { [weak self] in self?.close() }
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, case .streaming = state, let frame = held {
            held = nil
            write(frame)
            flush()
        }
        context.fireChannelWritabilityChanged()
    }

    // MARK: What the broadcaster asks for

    /// Opens the stream with the state of the moment, or ends the request where there is nothing to wait for.
    func start(with frame: EventFrame) {
        guard case .waiting(let head, let request) = state, let context else { return }
        guard request.permits(frame.project) else { return refuse() }
        closesAfterwards = head.headerFields[.connection]?.lowercased() == "close"
        state = .streaming(request)
        lease = StreamLease()
        let isLevel = request.cursor == frame.id
        guard !(isLevel && frame.isTerminal) else {
            respond(HTTPResponse(status: .noContent, headerFields: service.headers(for: head.headerFields)))
            return end()
        }
        encoder = try? context.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self)  // Absent, close() below.
        guard encoder != nil else { return close() }
        isLegacy = (try? context.pipeline.syncOperations.handler(type: HTTP1Compatibility.self))?.isLegacy ?? false  // Absent: HTTP/1.1.
        respond(HTTPResponse(status: .ok, headerFields: service.headers(for: head.headerFields)))
        if isLevel {
            lastShown = frame.id
            write(EventFrame.comment)
        } else {
            write(frame)
        }
        flush()
        if frame.isTerminal { end() }
    }

    /// Shows a newer state. Returns whether something was written and is to be flushed.
    func show(_ frame: EventFrame) -> Bool {
        guard case .streaming = state, let context, lastShown.map({ $0 < frame.id }) ?? true else { return false }
        if frame.isTerminal {
            // Never held back: one more event is all that can be waiting then.
            held = nil
            write(frame)
            end()
            return false
        }
        guard context.channel.isWritable else {
            held = frame
            return false
        }
        write(frame)
        return true
    }

    func flush() {
        encoder?.flush()
    }

    /// Passes the request on, for the route to answer.
    func refuse() {
        guard case .waiting(let head, let request) = state else { return }
        guard !discardedInput else { return close() }
        broadcaster?.unsubscribe(self, from: request.task)
        passOn(head)
    }

    private func passOn(_ head: HTTPRequest) {
        seat = nil
        state = .passing
        underWay += 1
        context?.fireChannelRead(wrapInboundOut(.head(head)))
        context?.fireChannelRead(wrapInboundOut(.end(nil)))
        context?.fireChannelReadComplete()
    }

    /// Ends the stream although its task goes on; the client is to come back.
    func drain() {
        guard case .streaming = state else { return refuse() }
        if let frame = held {
            held = nil
            write(frame)
        }
        write(EventFrame.retry(Int.random(in: StreamService.drainRetryRange)))
        closesAfterwards = true
        end()
    }

    func tick(_ now: NIODeadline) {
        guard case .streaming(let request) = state, let context else { return }
        switch lease.verdict(for: request, at: now, longest: service.ageLimit.time, clock: service.backend.time.now()) {
        case .goesOn: break
        case .comesBack: return drain()
        case .hasExpired: return close()
        }
        if context.channel.isWritable {
            guard now - lastWrite >= EventLoopBroadcaster.silence else { return }
            write(EventFrame.comment)
            flush()
        } else if now - lastWrite >= EventLoopBroadcaster.patience {
            close()
        }
    }

    func close() {
        leave()
        context?.close(promise: nil)
    }

    // MARK: Writing

    private func respond(_ head: HTTPResponse) {
        guard let context else { return }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.flush()
    }

    private func write(_ frame: EventFrame) {
        lastShown = frame.id
        if saidRetry {
            write(frame.piece)
        } else {
            saidRetry = true
            write(frame.firstPiece(retry: Int.random(in: StreamService.retryRange)))
        }
    }

    private func write(_ piece: EventFrame.Piece) {
        lastWrite = .now()
        encoder?.write(NIOAny(IOData.byteBuffer(isLegacy ? piece.bare : piece.chunk)), promise: nil)
    }

    /// Finishes the response; the connection is closed once everything has been written, or serves requests again.
    private func end() {
        guard case .streaming(let request) = state, let context else { return }
        broadcaster?.unsubscribe(self, from: request.task)
        state = .ending
        held = nil
        let isWritten = context.eventLoop.makePromise(of: Void.self)
        let giveUp = context.eventLoop.assumeIsolated().scheduleTask(in: EventLoopBroadcaster.patience) { [weak self] in self?.close() }
        isWritten.futureResult.assumeIsolated().whenComplete { [weak self] result in
            giveUp.cancel()
            self?.didEnd(result)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: isWritten)
    }

    private func didEnd(_ result: Result<Void, any Error>) {
        guard case .ending = state else { return }
        seat = nil
        if case .success = result, !discardedInput, !closesAfterwards, !service.isStopping {
            state = .passing
            lastShown = nil
            saidRetry = false
        } else {
            state = .closed
            context?.close(promise: nil)
        }
    }

    private func leave() {
        switch state {
        case .waiting(_, let request), .streaming(let request): broadcaster?.unsubscribe(self, from: request.task)
        default: break
        }
        state = .closed
        held = nil
        seat = nil
    }
}
