import Actors
import Knowledge
import NIOCore
import Persistence

/// One update of a task as bytes on the wire, made once and shared by everybody who is shown it.
struct EventFrame {
    let id: EventID
    let isTerminal: Bool
    let project: Identifier
    /// The event's lines with the blank one that ends it.
    let event: ByteBuffer
    /// The same as one chunk of a chunked HTTP/1.1 body.
    let chunk: ByteBuffer

    /// Something to be written, bare and as a chunk.
    struct Piece {
        let bare: ByteBuffer
        let chunk: ByteBuffer

        init(_ bare: ByteBuffer) {
            self.init(bare, chunk: EventFrame.chunk(bare))
        }

        init(_ bare: ByteBuffer, chunk: ByteBuffer) {
            self.bare = bare
            self.chunk = chunk
        }
    }

    var piece: Piece { Piece(event, chunk: chunk) }

    init(_ update: TaskUpdate) {
        id = update.id
        isTerminal = update.task.status.isTerminal
        project = update.task.projectID
        event = Self.event(name: update.eventName, id: update.id.description, data: update.eventData.utf8)
        chunk = Self.chunk(event)
    }

    /// The event with a `retry:` in its block, as the first of a connection.
    /// - Parameter retry: in milliseconds.
    func firstPiece(retry: Int) -> Piece {
        var block = ByteBuffer(string: "retry: \(retry)\n")
        block.writeImmutableBuffer(event)
        return Piece(block)
    }

    /// A comment: it keeps a connection alive. No blank line follows, of which some clients would make an event.
    static let comment = Piece(ByteBuffer(string: ":\n"))

    /// When to come back, said at the end of a stream that isn't over.
    static func retry(_ milliseconds: Int) -> Piece {
        Piece(ByteBuffer(string: "retry: \(milliseconds)\n"))
    }

    /// Encodes an event as the HTML standard's "Server-sent events" reads it. CR, LF and CRLF in the data each begin a new `data:` line.
    static func event(name: String, id: String, data: [UInt8]) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(data.count + 64)
        buffer.writeString("event: \(name)\nid: \(id)\ndata: ")
        var start = data.startIndex
        var index = start
        while index < data.endIndex {
            let byte = data[index]
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                buffer.writeBytes(data[start..<index])
                buffer.writeString("\ndata: ")
                if byte == UInt8(ascii: "\r"), index + 1 < data.endIndex, data[index + 1] == UInt8(ascii: "\n") { index += 1 }
                start = index + 1
            }
            index += 1
        }
        buffer.writeBytes(data[start...])
        buffer.writeString("\n\n")
        return buffer
    }

    /// Wraps bytes into one chunk (RFC 9112, section 7.1).
    static func chunk(_ body: ByteBuffer) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(body.readableBytes + 12)
        buffer.writeString(String(body.readableBytes, radix: 16))
        buffer.writeString("\r\n")
        buffer.writeImmutableBuffer(body)
        buffer.writeString("\r\n")
        return buffer
    }
}
