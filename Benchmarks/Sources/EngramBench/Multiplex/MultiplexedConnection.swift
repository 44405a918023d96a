import NIOCore

/// One connection of HTTP/2 and its event streams. Writes and reads frames by itself: as little as can be for a client that shares
/// the server's cores. Event-loop-confined.
final class MultiplexedConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private struct Stream {
        let number: Int
        var status = 0
        var hasEvents = false
        var isOver = false
        var splitter = EventSplitter()
    }

    private let channel: any Channel
    private let tally: MultiplexTally
    private var reader = FrameReader()
    private var streams: [Stream] = []
    private var isConnected = false
    private var isFinished = false
    /// What is to be sent after the frames that are being read.
    private var answers = ByteBuffer()

    init(_ channel: any Channel, tally: MultiplexTally) {
        self.channel = channel
        self.tally = tally
    }

    func greet() { channel.writeAndFlush(FrameWriter.preface(), promise: nil) }

    /// Asks for as many streams at once.
    func open(_ count: Int, _ block: [UInt8]) {
        var bytes = ByteBuffer()
        let now = Moment.now()
        for _ in 0..<count {
            FrameWriter.request(block, stream: streams.count * 2 + 1, to: &bytes)
            streams.append(Stream(number: tally.begin(at: now)))
        }
        guard channel.isActive else { return lose("the connection had been closed") }
        channel.writeAndFlush(bytes, promise: nil)
    }

    func close() {
        isFinished = true
        channel.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let now = Moment.now()
        Self.unwrapInboundIn(data).withUnsafeReadableBytes { bytes in
            reader.feed(bytes) { take($0, at: now) }
        }
        guard answers.readableBytes > 0 else { return }
        context.writeAndFlush(NIOAny(answers), promise: nil)
        answers = ByteBuffer()
    }

    func channelInactive(context: ChannelHandlerContext) {
        lose("the connection was closed")
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        lose("\(error)")
        context.close(promise: nil)
    }

    private func take(_ frame: Frame, at now: Moment) {
        switch frame.kind {
        case Frame.Kind.data, Frame.Kind.headers:
            guard frame.stream & 1 == 1, streams.indices.contains(frame.stream / 2) else { return lose("a frame of no stream") }
            takeContent(frame, of: frame.stream / 2, at: now)
        case Frame.Kind.reset:
            guard streams.indices.contains(frame.stream / 2) else { return }
            let code = frame.payload.count == 4 ? frame.payload.loadUnaligned(as: UInt32.self).bigEndian : 0
            lose(frame.stream / 2, "reset with error \(code)")
        case Frame.Kind.settings where !frame.has(Frame.Flag.acknowledged):
            answers.writeImmutableBuffer(
                FrameWriter.acknowledgement(of: Frame.Kind.settings, UnsafeRawBufferPointer(start: nil, count: 0)))
            if !isConnected { tally.connected += 1 }
            isConnected = true
        case Frame.Kind.ping where !frame.has(Frame.Flag.acknowledged):
            answers.writeImmutableBuffer(FrameWriter.acknowledgement(of: Frame.Kind.ping, frame.payload))
        case Frame.Kind.goAway:
            lose("the server said GOAWAY: " + String(decoding: frame.payload.dropFirst(8), as: UTF8.self))
        case Frame.Kind.continuation:
            lose("a header block in pieces, which this client does not read")
        default: break
        }
    }

    private func takeContent(_ frame: Frame, of place: Int, at now: Moment) {
        guard !streams[place].isOver, let content = frame.content else { return lose(place, "bytes after its end, or a broken frame") }
        let number = streams[place].number
        if frame.kind == Frame.Kind.headers {
            // A second block is one of trailers.
            if streams[place].status == 0 {
                streams[place].status = Self.status(content)
                tally.note(status: streams[place].status, of: number)
                if streams[place].status != 200 { lose(place, "status other than 200") }
            }
        } else {
            var isFirst = !streams[place].hasEvents
            streams[place].splitter.feed(content) {
                tally.note($0, of: number, isFirst: isFirst, at: now)
                isFirst = false
            }
            streams[place].hasEvents = !isFirst
        }
        guard frame.has(Frame.Flag.endStream), !streams[place].isOver else { return }
        streams[place].isOver = true
        tally.end(number)
    }

    /// 200 is the eighth of the static table, and comes first; a table's size may be said before it. All else is 0.
    private static func status(_ block: UnsafeRawBufferPointer) -> Int {
        block.first { $0 & 0xE0 != 0x20 } == 0x88 ? 200 : 0
    }

    private func lose(_ place: Int, _ why: String) {
        streams[place].isOver = true
        tally.lose(streams[place].number, why)
    }

    private func lose(_ why: String) {
        guard !isFinished else { return }
        if streams.isEmpty { tally.lose(why) }
        for place in streams.indices where !streams[place].isOver { lose(place, why) }
        isFinished = true
    }
}
