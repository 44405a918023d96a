import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOHTTPTypesHTTP1
import NIOHTTPTypesHTTP2
import NIOSSL
import NIOTLS

/// Puts the handlers of a new connection together: HTTP/1.1, in plain or over TLS, or HTTP/2 over TLS where a client asks for it (ALPN).
final class ConnectionSetup: HTTPChannelHandler {
    struct Value: ServerChildChannelValue {
        let channel: any Channel
    }

    let responder: Responder
    let streams: StreamService
    let desk: RequestDesk
    private let connections: OpenConnections
    private let tls: TLSIdentity?
    private let deadlines: [(loop: any EventLoop, deadlines: NIOLoopBound<ConnectionDeadlines>)]
    private let limits = RequestGuard.Limits()

    /// How many streams a connection may have at once.
    static let streamsPerConnection = 256
    /// How much a client may send ahead on one of them, in bytes.
    static let window = 128 << 10
    /// How much may wait to be written to one, in bytes, before it counts as not writable.
    static let outboundWatermarks = (low: 16 << 10, high: 32 << 10)

    /// - Parameters:
    ///   - tls: `nil` is plain HTTP.
    ///   - deadlines: of each event loop.
    init(
        responder: @escaping Responder, streams: StreamService, desk: RequestDesk, connections: OpenConnections, tls: TLSIdentity?,
        deadlines: [(loop: any EventLoop, deadlines: NIOLoopBound<ConnectionDeadlines>)]
    ) {
        self.responder = responder
        self.streams = streams
        self.desk = desk
        self.connections = connections
        self.tls = tls
        self.deadlines = deadlines
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            connections.add(channel)
            let pipeline = channel.pipeline.syncOperations
            let deadline = NIODeadline.now() + limits.headers
            if let tls {
                try pipeline.addHandler(NIOSSLServerHandler(context: tls.context))
                let handshake = HandshakeGuard(deadlines: deadlines(on: channel.eventLoop), deadline: deadline)
                try pipeline.addHandler(handshake)
                let bound = NIOLoopBound(handshake, eventLoop: channel.eventLoop)
                try pipeline.addHandler(
                    ApplicationProtocolNegotiationHandler { result, channel in
                        channel.eventLoop.makeCompletedFuture {
                            channel.pipeline.syncOperations.removeHandler(bound.value, promise: nil)
                            if case .negotiated("h2") = result {
                                try self.speakHTTP2(channel, until: deadline, logger: logger)
                            } else {
                                try self.speakHTTP1(channel, until: deadline)
                            }
                        }
                    })
            } else {
                try speakHTTP1(channel, until: deadline)
            }
            return Value(channel: channel)
        }
    }

    /// Nothing to do: a connection's event loop serves it, or its gate calls the desk in.
    func handle(value: Value, logger: Logger) async {}

    /// - Parameter deadline: when the first request's headers have to be there.
    private func speakHTTP1(_ channel: any Channel, until deadline: NIODeadline) throws {
        var decoding = NIOHTTPDecoderLimitConfiguration()
        decoding.maxHeaderListSize = 80 << 10
        decoding.maxHeaderFieldCount = 1000
        let compatibility = HTTP1Compatibility()
        let codecs: [any RemovableChannelHandler] = [
            HTTPResponseEncoder(), ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: decoding)), compatibility,
            HTTP1ToHTTPServerCodec(secure: false),
            RequestGuard(limits, deadlines: deadlines(on: channel.eventLoop), deadline: deadline, isHTTP2: false)
        ]
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandlers(codecs)
        try pipeline.addHandler(StreamGate(self, codecs: codecs, isHTTP2: false))
    }

    private func speakHTTP2(_ channel: any Channel, until deadline: NIODeadline, logger: Logger) throws {
        var connection = NIOHTTP2Handler.ConnectionConfiguration()
        connection.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: Self.streamsPerConnection),
            HTTP2Setting(parameter: .maxHeaderListSize, value: 80 << 10),
            HTTP2Setting(parameter: .initialWindowSize, value: Self.window)
        ]
        connection.targetWindowSize = 8 * Self.window
        var stream = NIOHTTP2Handler.StreamConfiguration()
        stream.targetWindowSize = Self.window
        stream.outboundBufferSizeLowWatermark = Self.outboundWatermarks.low
        stream.outboundBufferSizeHighWatermark = Self.outboundWatermarks.high

        let pipeline = channel.pipeline.syncOperations
        if let cork = streams.broadcaster(on: channel.eventLoop)?.cork { try pipeline.addHandler(FlushCorkHandler(cork)) }
        let manager = NIOHTTP2ServerConnectionManagementHandler(
            eventLoop: channel.eventLoop,
            configuration: .init(
                maxIdleTime: limits.idle, maxAge: streams.ageLimit.share(), maxGraceTime: nil, keepalive: nil))
        _ = try pipeline.configureHTTP2Pipeline(
            mode: .server, connectionConfiguration: connection, streamConfiguration: stream, streamDelegate: manager.http2StreamDelegate
        ) { stream in
            stream.eventLoop.makeCompletedFuture { try self.serve(stream) }
        }
        let guardian = HTTP2ConnectionGuard(deadlines: deadlines(on: channel.eventLoop), deadline: deadline, logger: logger)
        try pipeline.addHandlers(guardian, manager)
        guardian.begin()
    }

    /// One request, and its answer, of a connection of HTTP/2.
    private func serve(_ stream: any Channel) throws {
        let codecs: [any RemovableChannelHandler] = [
            HTTP2FramePayloadToHTTPServerCodec(),
            RequestGuard(limits, deadlines: deadlines(on: stream.eventLoop), deadline: .now() + limits.headers, isHTTP2: true)
        ]
        let pipeline = stream.pipeline.syncOperations
        try pipeline.addHandlers(codecs)
        try pipeline.addHandler(StreamGate(self, codecs: codecs, isHTTP2: true))
    }

    private func deadlines(on eventLoop: any EventLoop) -> ConnectionDeadlines {
        guard let found = deadlines.first(where: { $0.loop === eventLoop }) else {
            // Proof: connections live on the loops of the group that the server was given, all of which have theirs.
            preconditionFailure("a connection on another group's event loop")
        }
        return found.deadlines.value
    }
}
