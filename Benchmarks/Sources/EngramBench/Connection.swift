import NIOCore
import NIOPosix
import NIOSSL

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
    /// - Parameter protocols: what is offered by ALPN, if the address is one of TLS.
    static func openChannel(to address: ServerAddress, protocols: TrustingClient = .http1) async throws -> any Channel {
        do {
            let security = address.isSecure ? try protocols.context() : nil
            return try await ClientBootstrap(group: ClientLoop.shared.eventLoop)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        guard let security else { return }
                        try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: security, serverHostname: nil))
                    }
                }
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
