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
    let piece: Piece

    /// Something to be written: as one chunk of a chunked HTTP/1.1 body (RFC 9112, section 7.1), and the part of it that is the same without.
    struct Piece {
        let bare: ByteBuffer
        let chunk: ByteBuffer

        init(_ text: some Collection<UInt8>) {
            var buffer = ByteBuffer()
            let size = String(text.count, radix: 16)
            buffer.reserveCapacity(text.count + size.utf8.count + 4)
            buffer.writeString(size)
            buffer.writeString("\r\n")
            buffer.writeBytes(text)
            buffer.writeString("\r\n")
            chunk = buffer
            buffer.moveReaderIndex(forwardBy: size.utf8.count + 2)
            buffer.moveWriterIndex(to: buffer.writerIndex - 2)
            bare = buffer
        }
    }

    init(_ update: TaskUpdate) {
        id = update.id
        isTerminal = update.task.status.isTerminal
        project = update.task.projectID
        piece = Piece(Self.event(name: update.eventName, id: update.id.description, data: update.eventData.utf8))
    }

    /// A comment: it keeps a connection alive. No blank line follows, of which some clients would make an event.
    static let comment = Piece(":\n".utf8)

    /// What ends a chunked body.
    static let lastChunk = ByteBuffer(string: "0\r\n\r\n")

    /// When to come back: before a connection's first event, in its block, and at the end of a stream that isn't over.
    static func retry(_ milliseconds: Int) -> Piece {
        Piece("retry: \(milliseconds)\n".utf8)
    }

    /// Encodes an event as the HTML standard's "Server-sent events" reads it. CR, LF and CRLF in the data each begin a new `data:` line.
    static func event(name: String, id: String, data: [UInt8]) -> [UInt8] {
        var buffer = Array("event: \(name)\nid: \(id)\ndata: ".utf8)
        buffer.reserveCapacity(buffer.count + data.count + 2)
        var start = data.startIndex
        var index = start
        while index < data.endIndex {
            let byte = data[index]
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                buffer += data[start..<index]
                buffer += "\ndata: ".utf8
                if byte == UInt8(ascii: "\r"), index + 1 < data.endIndex, data[index + 1] == UInt8(ascii: "\n") { index += 1 }
                start = index + 1
            }
            index += 1
        }
        buffer += data[start...]
        buffer += "\n\n".utf8
        return buffer
    }
}
