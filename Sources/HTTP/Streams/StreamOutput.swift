import NIOCore
import NIOHTTP2

/// The response of one stream: the only handler that is left of its connection (HTTP/1.1), or of its stream in one (HTTP/2).
///
/// It writes bytes that were framed once for everybody, and has no use for what still comes from the client.
final class StreamOutput: ChannelInboundHandler, RemovableChannelHandler {
    /// Nobody unwraps it: what comes may be bytes, or parts of a request that was sent ahead.
    typealias InboundIn = Never

    enum Framing {
        /// HTTP/1.1: chunks.
        case chunks
        /// HTTP/1.0: what comes until the connection's end.
        case bare
        /// DATA frames.
        case http2
    }

    /// How long a client that has sent more than its request may take to close the connection: an end with bytes unread could overtake the
    /// last event.
    private static let linger: TimeAmount = .seconds(2)

    private enum State {
        case open
        /// Everything has been written, and is on its way.
        case ending
        /// Everything has left; what the client sent ahead may still be on its way.
        case lingering
        case closed
    }

    private let framing: Framing
    /// Let go of at the end, as it holds this one.
    private var subscriber: (any StreamSubscriber)?
    private var context: ChannelHandlerContext?
    /// The context's, without the way through its pipeline.
    private var channel: (any Channel)?
    private var state = State.open
    private var discardedInput: Bool
    private var isCutShort = false
    private(set) var lastWrite = NIODeadline.now()

    /// - Parameter discardedInput: the client has sent more than its request.
    init(_ framing: Framing, for subscriber: any StreamSubscriber, discardedInput: Bool) {
        self.framing = framing
        self.subscriber = subscriber
        self.discardedInput = discardedInput
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        channel = context.channel
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        didClose()
        self.context = nil
        channel = nil
    }

    // MARK: What the subscriber asks for

    var isWritable: Bool { channel?.isWritable ?? false }

    func write(_ piece: EventFrame.Piece, _ now: NIODeadline) {
        guard case .open = state, let context else { return }
        lastWrite = now
        switch framing {
        case .chunks: context.write(NIOAny(piece.chunk), promise: nil)
        case .bare: context.write(NIOAny(piece.bare), promise: nil)
        case .http2: context.write(Self.data(piece.bare, isLast: false), promise: nil)
        }
    }

    func flush() {
        context?.flush()
    }

    /// Ends the response, and with it the connection, once everything has been written.
    /// - Parameter patience: how long the client may take for that.
    func end(within patience: TimeAmount) {
        guard case .open = state, let context else { return }
        state = .ending
        let isWritten = context.eventLoop.makePromise(of: Void.self)
        switch framing {
        case .chunks: context.writeAndFlush(NIOAny(EventFrame.lastChunk), promise: isWritten)
        case .bare: context.writeAndFlush(NIOAny(ByteBuffer()), promise: isWritten)
        case .http2: context.writeAndFlush(Self.data(ByteBuffer(), isLast: true), promise: isWritten)
        }
        isWritten.futureResult.assumeIsolated().whenComplete { [weak self] _ in self?.didEnd() }
        if case .ending = state { closeLater(patience) }
    }

    /// Ends the connection at once, whatever has not left yet.
    func close() {
        let context = context
        didClose()
        context?.close(promise: nil)
    }

    private func didEnd() {
        guard case .ending = state else { return }
        guard discardedInput, !isCutShort, framing != .http2 else { return close() }
        state = .lingering
        context?.close(mode: .output, promise: nil)
        closeLater(Self.linger)
    }

    private func closeLater(_ time: TimeAmount) {
        _ = context?.eventLoop.assumeIsolated().scheduleTask(in: time) { [weak self] in self?.close() }
    }

    private func didClose() {
        guard state != .closed else { return }
        state = .closed
        subscriber?.outputDidClose()
        subscriber = nil
    }

    private static func data(_ bytes: ByteBuffer, isLast: Bool) -> NIOAny {
        NIOAny(HTTP2Frame.FramePayload.data(.init(data: .byteBuffer(bytes), endStream: isLast)))
    }

    // MARK: Inbound

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        discardedInput = true
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if case .open = state, context.channel.isWritable { subscriber?.outputIsWritable() }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed where framing != .http2:
            // A client that has closed its half is gone: nobody reads a stream that way.
            if state == .open || state == .lingering { close() }
        case is ChannelShouldQuiesceEvent:
            switch state {
            case .open: subscriber?.drain()
            case .ending:
                isCutShort = true
                closeLater(EventLoopBroadcaster.lastPatience)
            case .lingering: close()
            case .closed: break
            }
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Of a connection that is going to be closed for it; there is nobody else to tell.
        close()
    }

    func channelInactive(context: ChannelHandlerContext) {
        didClose()
        context.fireChannelInactive()
    }
}
