import NIOCore
import NIOPosix

/// One kept-alive connection for requests that follow one another.
@ClientLoop
final class Connection {
    private let channel: any Channel
    private let handler: ExchangeHandler

    private init(channel: any Channel, handler: ExchangeHandler) {
        self.channel = channel
        self.handler = handler
    }

    static func open(to address: ServerAddress) async throws -> Connection {
        let channel = try await openChannel(to: address)
        let handler = ExchangeHandler()
        try channel.pipeline.syncOperations.addHandler(handler)
        return Connection(channel: channel, handler: handler)
    }

    /// A connected channel with no handler yet: the server doesn't speak first, so nothing can be missed.
    static func openChannel(to address: ServerAddress) async throws -> any Channel {
        do {
            return try await ClientBootstrap(group: ClientLoop.shared.eventLoop)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .connectTimeout(.seconds(20))
                .connect(host: address.host, port: address.port).get()
        } catch {
            throw BenchmarkFailure(.connection, "No connection to \(address.host):\(address.port): \(error)")
        }
    }

    /// `then` runs on the client's loop, from within the read that ended the response.
    func send(_ request: ByteBuffer, then: @escaping (ExchangeHandler.Outcome) -> Void) {
        handler.send(request, on: channel, then: then)
    }

    func reply(to request: ByteBuffer) async throws -> Reply {
        try await withCheckedContinuation { continuation in
            send(request) { continuation.resume(returning: $0) }
        }.get()
    }

    func close() {
        channel.close(promise: nil)
    }
}
