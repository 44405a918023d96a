package import NIOCore

/// Cuts a file that comes in pieces into lines, however it is cut: a line ends with LF or CRLF, the end of the file ends one too, and a byte order mark
/// before the first is passed over. Holds one line at most, and of one that is too long nothing.
package struct LineReader {
    package struct Line: Equatable {
        /// From 1, blank ones counted.
        package var number: Int
        /// Without its end; `nil` when it is longer than the limit.
        package var bytes: ByteBuffer?

        package var isBlank: Bool {
            bytes?.readableBytesView.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D } ?? false
        }
    }

    /// The most bytes that a line may have.
    private let limit: Int
    /// How many lines have been taken.
    package private(set) var lines: Int
    private var partial = ByteBuffer()
    private var isSkipping = false
    private var hasPartial = false

    /// - Parameter lines: how many went before.
    package init(limit: Int, lines: Int = 0) {
        self.limit = limit
        self.lines = lines
    }

    /// Takes bytes from a piece up to the end of a line; `nil` when it ends before that. O(bytes taken).
    package mutating func next(from piece: inout ByteBuffer) -> Line? {
        let view = piece.readableBytesView
        guard !view.isEmpty else { return nil }
        let end = view.firstIndex(of: 0x0A)
        let length = (end ?? view.endIndex) - view.startIndex
        if var part = piece.readSlice(length: length) { append(&part) }
        guard end != nil else { return nil }
        piece.moveReaderIndex(forwardBy: 1)
        return take()
    }

    /// The last line, if the file did not end with a line feed.
    package mutating func finish() -> Line? { hasPartial ? take() : nil }

    private mutating func append(_ bytes: inout ByteBuffer) {
        hasPartial = true
        guard !isSkipping else { return }
        // Two more for a carriage return and a mark that count for nothing are not worth a case of their own.
        if partial.readableBytes + bytes.readableBytes > limit {
            isSkipping = true
            partial = ByteBuffer()
        } else if partial.readableBytes == 0 {
            partial = bytes
        } else {
            partial.writeBuffer(&bytes)
        }
    }

    private mutating func take() -> Line {
        lines += 1
        defer {
            partial = ByteBuffer()
            isSkipping = false
            hasPartial = false
        }
        guard !isSkipping else { return Line(number: lines, bytes: nil) }
        if lines == 1, partial.readableBytesView.starts(with: [0xEF, 0xBB, 0xBF]) { partial.moveReaderIndex(forwardBy: 3) }
        if partial.readableBytesView.last == 0x0D { partial.moveWriterIndex(to: partial.writerIndex - 1) }
        return Line(number: lines, bytes: partial)
    }
}
