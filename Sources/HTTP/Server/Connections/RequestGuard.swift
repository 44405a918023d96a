import HTTPTypes
import Knowledge
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Ends connections that hold the server up: one that does not send its headers in time, stops sending its body, goes on sending one that was refused, or
/// stays idle for long; and answers what can't be parsed as a request with a problem document.
///
/// An answer that leaves in the midst of a long body says that the connection ends. What still comes is thrown away for a while, as an end
/// with bytes unread could overtake the answer.
///
/// A client that could send and does not is not waited for; one that has to wait because nobody reads here (the body is taken in as fast as it can be
/// stored) is in no one's way: its time runs only while a read is asked for.
final class RequestGuard: ChannelDuplexHandler, RemovableChannelHandler, DeadlineHolder {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    struct Limits: Sendable {
        /// From the connection's beginning, TLS included, to the end of its first request's headers.
        var headers: TimeAmount = .seconds(30)
        /// Between two pieces of a body, while it is being read.
        var body: TimeAmount = .seconds(30)
        /// From an answer's beginning until all of it has left.
        var answer: TimeAmount = .minutes(10)
        /// Between an answer and the next request.
        var idle: TimeAmount = .seconds(75)
        /// From an answer in the midst of a body to the end of the connection.
        var refused: TimeAmount = .seconds(2)
        /// How many bytes of a body may be left when it is answered for it to be read to its end.
        var remainder = 64 << 10
        /// What is left for a body once the server shuts down.
        var quiescing: TimeAmount = .seconds(3)
    }

    private let limits: Limits
    private let deadlines: ConnectionDeadlines
    /// Whether this is one request of a connection, which ends with its answer, and not the connection.
    private let isHTTP2: Bool
    /// `nil` while an answer is thought about.
    private var deadline: NIODeadline?
    private var underWay = 0
    private var isReadingBody = false
    /// What is still to come of the body; `nil` when its length was not said.
    private var missing: Int?
    /// The body was refused: the connection ends with the answer, and then with it.
    private var refusal: Refusal?
    /// Whether whoever takes the body has not asked for more of it since the last piece.
    private var isHeldBack = false
    private var isQuiescing = false
    /// The answer says that the connection ends with it; nobody above here sees to that.
    private var endsConnection = false
    private var context: ChannelHandlerContext?

    private enum Refusal {
        /// The answer is leaving.
        case begun
        /// It has left: whatever comes is thrown away.
        case said
    }

    /// - Parameter deadline: when the first request's headers have to be there.
    init(_ limits: Limits, deadlines: ConnectionDeadlines, deadline: NIODeadline, isHTTP2: Bool) {
        self.limits = limits
        self.deadlines = deadlines
        self.deadline = deadline
        self.isHTTP2 = isHTTP2
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        deadlines.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadlines.remove(self)
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadlines.remove(self)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        if case .said? = refusal {
            if case .end = part { context.close(promise: nil) }
            return
        }
        switch part {
        case .head(let head):
            underWay += 1
            isReadingBody = true
            missing = head.headerFields[.contentLength].flatMap { Int($0) }
            deadline = .now() + limits.body
        case .body(let piece):
            missing? -= piece.readableBytes
            if !isQuiescing { deadline = .now() + limits.body }
        case .end:
            isReadingBody = false
            // The answer may have gone out before the body was complete.
            deadline = underWay == 0 ? .now() + limits.idle : nil
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Unless the next read is asked for now, in the midst of this event or right after it.
        isHeldBack = true
        context.fireChannelReadComplete()
        if case .said? = refusal { context.read() }
    }

    func read(context: ChannelHandlerContext) {
        if isHeldBack, isReadingBody, !isQuiescing, refusal == nil {
            deadline = .now() + limits.body
        }
        isHeldBack = false
        context.read()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            // Whoever does not take an answer is not waited for without end. A stream that opens has no guard any more.
            deadline = .now() + limits.answer
            if isReadingBody, underWay == 1, head.status.code >= 300, missing.map({ $0 > limits.remainder }) ?? true {
                refusal = .begun
                // On HTTP/2 it is the request's stream that ends.
                if !isHTTP2 { head.headerFields[.connection] = "close" }
                return context.write(wrapOutboundOut(.head(head)), promise: promise)
            }
            guard isHTTP2 || head.headerFields[.connection]?.lowercased() != "close" else {
                endsConnection = true
                return context.write(data, promise: promise)
            }
            // It knows no such header, and refuses it.
            if isHTTP2 { head.headerFields[.connection] = nil }
            return context.write(isHTTP2 ? wrapOutboundOut(.head(head)) : data, promise: promise)
        case .body:
            return context.write(data, promise: promise)
        case .end:
            underWay -= 1
        }
        if refusal != nil {
            context.writeAndFlush(data, promise: promise)
            return refuse(context)
        }
        if endsConnection {
            let isWritten = promise ?? context.eventLoop.makePromise(of: Void.self)
            isWritten.futureResult.assumeIsolated().whenComplete { [weak self] _ in self?.context?.close(promise: nil) }
            return context.writeAndFlush(data, promise: isWritten)
        }
        // The wait for the next request begins when the answer has left, however slowly it is read.
        let isWritten = promise ?? context.eventLoop.makePromise(of: Void.self)
        isWritten.futureResult.assumeIsolated().whenSuccess { [weak self] in self?.didAnswer() }
        context.write(data, promise: isWritten)
    }

    private func refuse(_ context: ChannelHandlerContext) {
        refusal = .said
        guard isReadingBody else { return context.close(promise: nil) }
        isHeldBack = false
        deadline = .now() + limits.refused
        context.read()
    }

    private func didAnswer() {
        guard let context, context.channel.isActive, underWay == 0, !isReadingBody else { return }
        deadline = .now() + limits.idle
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { quiesce() }
        context.fireUserInboundEventTriggered(event)
    }

    func quiesce() {
        guard isReadingBody, !isQuiescing else { return }
        // A body that is not complete soon does not hold up the shutdown.
        isQuiescing = true
        deadline = .now() + limits.quiescing
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .said? = refusal { return context.close(promise: nil) }
        // Whoever reads a body has to hear that it was cut off, and answers.
        guard let error = error as? HTTPParserError, underWay == 0 else { return context.fireErrorCaught(error) }
        let problem: Problem
        if error == .headerOverflow {
            problem = Problem(
                HTTPResponse.Status(code: 431, reasonPhrase: "Request Header Fields Too Large"),
                "The request's headers are too many or too large.")
        } else {
            problem = Problem(.badRequest, "The request is not valid HTTP: \(error).")
        }
        let body = ByteBuffer(bytes: problem.body(instance: "").utf8)
        let headers: HTTPFields = [
            .contentType: "application/problem+json", .contentLength: "\(body.readableBytes)", .connection: "close"
        ]
        context.write(wrapOutboundOut(.head(HTTPResponse(status: problem.status, headerFields: headers))), promise: nil)
        context.write(wrapOutboundOut(.body(body)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.close(promise: nil)
    }

    func check(_ now: NIODeadline) {
        if isHeldBack, isReadingBody, !isQuiescing, refusal == nil {
            deadline = now + limits.body
        } else if let deadline, deadline <= now {
            context?.close(promise: nil)
        }
    }
}
