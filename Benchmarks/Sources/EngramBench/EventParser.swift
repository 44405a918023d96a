import NIOCore

/// The `text/event-stream` parser of the HTML standard, incremental: CR, LF and CRLF end a line however they are cut, a
/// leading BOM is skipped, comments are counted, `data` may have several lines, and an event without data is not dispatched.
struct EventParser {
    /// The newest `retry:` in milliseconds.
    private(set) var retry: Int?
    private(set) var comments = 0

    private var line = ByteBuffer()
    private var skipsLineFeed = false
    private var isFirstLine = true

    private var name = ""
    private var id = ""
    private var data: String?

    /// Feeds the next bytes and appends the events that they complete.
    mutating func parse(_ bytes: ByteBuffer, into events: inout [ServerEvent]) {
        var bytes = bytes
        while bytes.readableBytes > 0 {
            if skipsLineFeed {
                skipsLineFeed = false
                if bytes.getInteger(at: bytes.readerIndex, as: UInt8.self) == UInt8(ascii: "\n") {
                    bytes.moveReaderIndex(forwardBy: 1)
                    continue
                }
            }
            let view = bytes.readableBytesView
            guard let end = view.firstIndex(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) else {
                line.writeBuffer(&bytes)
                return
            }
            skipsLineFeed = view[end] == UInt8(ascii: "\r")
            let length = end - bytes.readerIndex
            var whole = bytes.readSlice(length: length) ?? ByteBuffer()
            bytes.moveReaderIndex(forwardBy: 1)
            if line.readableBytes > 0 {
                line.writeBuffer(&whole)
                whole = line
                line.clear()
            }
            finish(line: &whole, into: &events)
        }
    }

    private mutating func finish(line: inout ByteBuffer, into events: inout [ServerEvent]) {
        if isFirstLine {
            isFirstLine = false
            if line.readableBytesView.starts(with: [0xEF, 0xBB, 0xBF]) { line.moveReaderIndex(forwardBy: 3) }
        }
        guard line.readableBytes > 0 else {
            if let data { events.append(ServerEvent(name: name.isEmpty ? "message" : name, id: id, data: data)) }
            data = nil
            name = ""
            return
        }
        let view = line.readableBytesView
        let colon = view.firstIndex(of: UInt8(ascii: ":"))
        guard colon != line.readerIndex else {
            comments += 1
            return
        }
        let field = line.readString(length: (colon ?? view.endIndex) - line.readerIndex) ?? ""
        if colon != nil { line.moveReaderIndex(forwardBy: 1) }
        if line.readableBytesView.first == UInt8(ascii: " ") { line.moveReaderIndex(forwardBy: 1) }
        let value = line.readString(length: line.readableBytes) ?? ""
        switch field {
        case "event": name = value
        case "data": data = data.map { $0 + "\n" + value } ?? value
        case "id": if !value.utf8.contains(0) { id = value }
        case "retry": if let number = Int(value), number >= 0 { retry = number }
        default: break  // The standard: other fields are ignored.
        }
    }
}
