import NIOCore
import NIOHTTP1

/// What the HTTP/1 codec leaves undone: answers to HTTP/1.0 clients (proxies among them) are not chunked and end with the
/// connection, and a client that waits for `100 Continue` before it sends a body gets one.
///
/// Stands below the codec that hides a message's version.
final class HTTP1Compatibility: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Whether the client speaks HTTP/1.0: a body is what comes until the end of the connection.
    private(set) var isLegacy = false
    private var underWay = 0

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let head) = unwrapInboundIn(data) {
            if head.version.major == 1, head.version.minor == 0 { isLegacy = true }
            if !isLegacy, underWay == 0, head.headers["expect"].contains(where: { $0.lowercased() == "100-continue" }) {
                sayContinue(context)
            }
            underWay += 1
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head) where isLegacy:
            head.version = .http1_0
            head.headers.replaceOrAdd(name: "connection", value: "close")
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end where isLegacy:
            // Closed when all of it is written: a close drops what is still waiting for a slow client.
            let isWritten = promise ?? context.eventLoop.makePromise()
            isWritten.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
            context.writeAndFlush(data, promise: isWritten)
        case .end:
            underWay -= 1
            context.write(data, promise: promise)
        default:
            context.write(data, promise: promise)
        }
    }

    /// Below the encoder, which takes every head for that of an answer.
    private func sayContinue(_ context: ChannelHandlerContext) {
        // Absent when the pipeline is being taken down.
        guard let encoder = try? context.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self) else { return }
        encoder.writeAndFlush(NIOAny(IOData.byteBuffer(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n"))), promise: nil)
    }
}
