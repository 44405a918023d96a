import NIOCore

/// Records one event stream. Event-loop-confined; it parses frames but looks into no event, so that a burst to thousands of
/// subscribers costs the client as little as can be.
final class StreamHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    enum Notice {
        /// The first event is recorded.
        case begun
        /// The recording has its ending.
        case ended
    }

    private(set) var recording = StreamRecording()

    private let notify: (Notice) -> Void
    private var response = ResponseParser()
    private var parser = EventParser()
    private var events: [ServerEvent] = []

    init(notify: @escaping (Notice) -> Void) {
        self.notify = notify
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let now = Moment.now()
        response.append(Self.unwrapInboundIn(data))
        do throws(BenchmarkFailure) {
            while recording.ending == nil, let part = try response.next() {
                switch part {
                case .head(let head):
                    recording.status = head.status
                    recording.mediaType = head.mediaType
                case .body(let bytes):
                    record(bytes, at: now)
                case .end:
                    end(.complete)
                    context.close(promise: nil)
                }
            }
        } catch {
            end(.cut(error.message))
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        let isComplete = recording.status != nil && response.mayEndHere()
        end(isComplete ? .complete : .cut("closed by the server in the middle of the response"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(.cut("\(error)"))
        context.close(promise: nil)
    }

    /// Ends the recording, unless it has ended.
    func end(_ ending: StreamRecording.Ending) {
        guard recording.ending == nil else { return }
        recording.ending = ending
        recording.comments = parser.comments
        notify(.ended)
    }

    private func record(_ bytes: ByteBuffer, at now: Moment) {
        guard recording.status == 200 else { return }
        let isFirst = recording.arrivals.isEmpty
        parser.parse(bytes, into: &events)
        guard !events.isEmpty else { return }
        for event in events { recording.arrivals.append(.init(receivedAt: now, event: event)) }
        events.removeAll(keepingCapacity: true)
        if isFirst { notify(.begun) }
    }
}
