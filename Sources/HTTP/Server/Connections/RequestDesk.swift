import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes

/// Where connections (and streams of HTTP/2) go whose requests somebody has to answer: each gets an async channel, and a task that reads from it.
///
/// Those that only ever stream events never come here.
final class RequestDesk: Sendable {
    typealias Connection = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    private struct Arrival: Sendable {
        let connection: Connection
        let setup: ConnectionSetup
    }

    private let arrivals: AsyncStream<Arrival>
    private let arrived: AsyncStream<Arrival>.Continuation
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
        // Proof: bounded by the open connections and their streams; the reader only starts a task for each.
        (arrivals, arrived) = AsyncStream.makeStream(bufferingPolicy: .unbounded)
    }

    /// Has the channel's requests answered from now on; to be called on its event loop.
    /// - Throws: when the channel is closing.
    func attend(to channel: any Channel, of setup: ConnectionSetup) throws {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(HTTPConnectionStateHandler(logger: logger))
        let connection = try Connection(
            wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: channel.parent?.parent == nil))
        if case .terminated = arrived.yield(Arrival(connection: connection, setup: setup)) { channel.close(promise: nil) }
    }

    /// Serves what arrives until ``close()``, and what has arrived to its end.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await arrival in arrivals {
                group.addTask { await arrival.setup.handleHTTP(asyncChannel: arrival.connection, logger: self.logger) }
            }
        }
    }

    func close() {
        arrived.finish()
    }
}
