import NIOCore

/// Everything that came to a crowd.
struct CrowdRecord: Sendable {
    enum Ending: Sendable {
        /// The server ended the response as HTTP demands.
        case complete
        /// The client hung up, as it was told to.
        case hungUp
        case lost(String)
    }

    struct Arrival: Sendable {
        /// Which event, an index of ``CrowdRecord/events``.
        let event: Int32
        /// When the bytes that completed it were read, in microseconds.
        let microseconds: Int64
    }

    struct Stream: Sendable {
        let tag: Int
        /// When it was asked for: the connection begun, or the request sent on one that was open.
        let began: Int64
        var status = 0
        var arrivals: [Arrival] = []
        var ending: Ending?
    }

    var streams: [Stream] = []
    /// The different events, each as its lines without `retry:` and comments. Equal bytes are one event.
    var events: [[UInt8]] = []

    /// The events, read; `nil` for what is no event.
    func parsedEvents() -> [ServerEvent?] {
        events.map { bytes in
            var parser = EventParser()
            var parsed: [ServerEvent] = []
            parser.parse(.init(bytes: bytes), into: &parsed)
            return parsed.first
        }
    }
}
