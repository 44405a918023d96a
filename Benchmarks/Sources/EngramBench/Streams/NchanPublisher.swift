import NIOCore

/// A connection over which messages are published, in order, without waiting for the answers.
@ClientLoop
final class NchanPublisher {
    private let channel: any Channel
    private let handler = PublishHandler()
    private let address: ServerAddress
    private let size: Int
    private var number = 0

    /// - Parameter size: of an event on the wire, in bytes: as large as the other server's.
    static func open(to server: NchanServer, eventSize size: Int) async throws -> NchanPublisher {
        let channel = try await Connection.openChannel(to: server.address)
        return try NchanPublisher(channel: channel, address: server.address, size: size)
    }

    private init(channel: any Channel, address: ServerAddress, size: Int) throws {
        self.channel = channel
        self.address = address
        self.size = size
        try channel.pipeline.syncOperations.addHandler(handler)
    }

    /// Publishes the next message, with the moment and its number in it.
    func publish(to target: Int = 0) {
        number += 1
        var text = "{\"number\":\(number),\"channel\":\(target),\"occurred\":\(Moment.now().microseconds),\"text\":\""
        // nchan adds `id: 1795582372:0`, `data: ` and the empty line.
        text += String(repeating: "x", count: max(0, size - text.utf8.count - 27)) + "\"}"
        channel.writeAndFlush(address.post("/publish?id=\(target)", json: ByteBuffer(string: text)), promise: nil)
    }

    /// Waits until all that was published has been answered, and checks the answers.
    func settle() async throws {
        for _ in 0..<3000 where handler.answers < number && handler.failure == nil { try await Task.sleep(for: .milliseconds(10)) }
        if let failure = handler.failure { throw failure }
        guard handler.answers == number else { throw BenchmarkFailure(.stalled, "nchan answered \(handler.answers) of \(number) messages") }
    }

    func close() { channel.close(promise: nil) }

    private final class PublishHandler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private(set) var answers = 0
        private(set) var failure: BenchmarkFailure?
        private var parser = ResponseParser()

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            parser.append(Self.unwrapInboundIn(data))
            do throws(BenchmarkFailure) {
                while let part = try parser.next() {
                    switch part {
                    case .head(let head):
                        if head.status != 201, head.status != 202 { failure = BenchmarkFailure(.answer, "nchan answered \(head.status)") }
                    case .body: break
                    case .end: answers += 1
                    }
                }
            } catch {
                failure = error
            }
        }

        func channelInactive(context: ChannelHandlerContext) {
            failure = failure ?? BenchmarkFailure(.connection, "nchan hung up on the publisher")
        }
    }
}
