import NIOCore

/// One open event stream.
@ClientLoop
final class Subscriber {
    /// Fires with the first event, or with the end of a stream that had none.
    let begun = Signal()
    let ended = Signal()

    private let channel: any Channel
    private var handler: StreamHandler?

    private init(channel: any Channel) {
        self.channel = channel
    }

    /// Connects and asks for the stream by its ticket alone; returns before the server has answered.
    ///
    /// - Parameters:
    ///   - url: a `stream_url`, relative and with its ticket.
    ///   - lifetime: after this the client hangs up, and the recording says that it did.
    ///   - withKey: whether the address's key is sent, for a `url` without a ticket.
    static func open(
        _ url: String, at address: ServerAddress, lifetime: Duration, withKey: Bool = false
    ) async throws -> Subscriber {
        let subscriber = Subscriber(channel: try await Connection.openChannel(to: address))
        try subscriber.begin(request: (withKey ? address : address.anonymous).get(url, accept: "text/event-stream"), lifetime: lifetime)
        return subscriber
    }

    var recording: StreamRecording { handler?.recording ?? StreamRecording() }

    private func begin(request: ByteBuffer, lifetime: Duration) throws {
        let handler = StreamHandler { [begun, ended] notice in
            begun.fire()
            if notice == .ended { ended.fire() }
        }
        self.handler = handler
        try channel.pipeline.syncOperations.addHandler(handler)
        channel.writeAndFlush(request, promise: nil)
        guard channel.isActive else {
            handler.end(.cut("closed by the server before the request"))
            return
        }
        let hangUp = channel.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(lifetime)) { [channel] in
            handler.end(.cut("not ended after \(lifetime)"))
            channel.close(promise: nil)
        }
        channel.closeFuture.whenComplete { _ in hangUp.cancel() }
    }
}
