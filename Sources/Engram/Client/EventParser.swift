/// One event of a stream, as the standard dispatches it.
struct ServerSentEvent: Equatable, Sendable {
    /// The value of `event:`, or `message`.
    var type: String
    /// The values of all `data:` lines, joined by line feeds.
    var data: String
    /// The stream's last event id at the time of the event; empty if there was none.
    var id: String
}

/// Reads `text/event-stream` piece by piece, however the network cut it
/// (WHATWG HTML, "Server-sent events", 9.2.5 and 9.2.6).
///
/// A block that the end of the stream leaves unfinished is dropped, as the standard wants it: start the next connection
/// with ``init(lastEventID:limit:)`` and the ``lastEventID`` of this one.
struct EventParser {
    /// An event or line grew past the limit; the stream cannot be trusted.
    struct TooLarge: Error, Equatable {
        let limit: Int
    }

    /// What `Last-Event-ID` should say on the next connection; empty for no header.
    private(set) var lastEventID: String
    /// The last `retry:` the server sent, in milliseconds.
    private(set) var retryMilliseconds: Int64?

    private let limit: Int
    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false
    private var type = ""
    private var idBuffer: String
    private var followsCarriageReturn = false
    private var isFirstLine = true

    /// - Parameter limit: the most bytes that one line, and one event's data, may have.
    init(lastEventID: String = "", limit: Int = 16 << 20) {
        self.lastEventID = lastEventID
        self.limit = limit
        idBuffer = lastEventID
    }

    /// Takes the next bytes and returns the events that they complete. O(bytes).
    mutating func feed(_ bytes: some Sequence<UInt8>) throws(TooLarge) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in bytes {
            let followedCarriageReturn = followsCarriageReturn
            followsCarriageReturn = byte == 0x0D
            switch byte {
            case 0x0A where followedCarriageReturn:
                continue
            case 0x0A, 0x0D:
                if let event = endLine() { events.append(event) }
            default:
                line.append(byte)
                guard line.count <= limit, data.count <= limit else { throw TooLarge(limit: limit) }
            }
        }
        return events
    }

    private mutating func endLine() -> ServerSentEvent? {
        defer { line.removeAll(keepingCapacity: true) }
        if isFirstLine {
            isFirstLine = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        }
        guard !line.isEmpty else { return dispatch() }
        let colon = line.firstIndex(of: UInt8(ascii: ":"))
        let name = line[..<(colon ?? line.endIndex)]
        var value = colon.map { line[($0 + 1)...] } ?? []
        if value.first == UInt8(ascii: " ") { value.removeFirst() }
        switch String(decoding: name, as: UTF8.self) {
        case "data":
            if hasData { data.append(0x0A) }
            data.append(contentsOf: value)
            hasData = true
        case "event":
            type = String(decoding: value, as: UTF8.self)
        case "id" where !value.contains(0):
            idBuffer = String(decoding: value, as: UTF8.self)
        case "retry" where !value.isEmpty && value.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }:
            retryMilliseconds = Int64(String(decoding: value, as: UTF8.self))
        default:
            break  // A comment, or a field of another time.
        }
        return nil
    }

    private mutating func dispatch() -> ServerSentEvent? {
        lastEventID = idBuffer
        defer {
            data.removeAll(keepingCapacity: true)
            hasData = false
            type = ""
        }
        guard hasData else { return nil }
        return ServerSentEvent(
            type: type.isEmpty ? "message" : type, data: String(decoding: data, as: UTF8.self), id: lastEventID)
    }
}
