/// One connection of a crowd and the streams that came over it, one after the other.
final class CrowdSocket {
    enum State {
        case connecting, open, idle, closed
    }

    let descriptor: Int32
    var state = State.connecting
    var decoder = StreamDecoder()
    var request: [UInt8]
    var stream: CrowdRecord.Stream
    /// Those before.
    var past: [CrowdRecord.Stream] = []

    init(descriptor: Int32, opening: Crowd.Opening, at moment: Moment) {
        self.descriptor = descriptor
        request = opening.request
        stream = CrowdRecord.Stream(tag: opening.tag, began: moment.microseconds)
    }

    func begin(_ opening: Crowd.Opening, at moment: Moment) {
        past.append(stream)
        request = opening.request
        stream = CrowdRecord.Stream(tag: opening.tag, began: moment.microseconds)
        decoder.restart()
        state = .open
    }
}
