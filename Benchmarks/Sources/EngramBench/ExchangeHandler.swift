import Glibc
import NIOCore

/// Sends one request at a time over a kept-alive connection and collects its response. Event-loop-confined.
final class ExchangeHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias Outcome = Result<Reply, BenchmarkFailure>

    private var parser = ResponseParser()
    private var head: ResponseHead?
    private var body = ByteBuffer()
    private var sentAt: UInt64 = 0
    private var then: ((Outcome) -> Void)?

    /// Writes the request; `then` is called exactly once, later, unless a request is still under way or the channel is
    /// closed: then it is called at once with a failure.
    func send(_ request: ByteBuffer, on channel: any Channel, then: @escaping (Outcome) -> Void) {
        guard self.then == nil, channel.isActive else {
            then(.failure(BenchmarkFailure(.connection, "The connection is closed or in use.")))
            return
        }
        self.then = then
        sentAt = Self.nanoseconds()
        channel.writeAndFlush(request, promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        parser.append(Self.unwrapInboundIn(data))
        do throws(BenchmarkFailure) {
            while let part = try parser.next() { take(part) }
        } catch {
            finish(.failure(error))
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if head?.framing == .untilClose, parser.mayEndHere() {
            take(.end)
        } else {
            finish(.failure(BenchmarkFailure(.connection, "The server closed the connection before it answered.")))
        }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(.failure(BenchmarkFailure(.connection, "\(error)")))
        context.close(promise: nil)
    }

    private func take(_ part: ResponseParser.Part) {
        switch part {
        case .head(let head):
            self.head = head
        case .body(let bytes):
            if body.readableBytes == 0 { body = bytes } else { body.writeImmutableBuffer(bytes) }
        case .end:
            guard let head else { return }
            let reply = Reply(
                status: head.status, retryAfter: head.retryAfter, body: body, nanoseconds: Self.nanoseconds() - sentAt)
            self.head = nil
            body = ByteBuffer()
            finish(.success(reply))
        }
    }

    private func finish(_ outcome: Outcome) {
        guard let then else { return }
        self.then = nil
        then(outcome)
    }

    private static func nanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
