import NIOCore

/// An incremental HTTP/1.1 response parser. It takes bytes however they were cut and gives parts; it does no I/O.
///
/// It understands what a server may answer to a plain request: a body by `Content-Length`, by chunks (extensions and
/// trailers skipped) or until the close, none after 204 and 304, and interim 1xx responses, which it skips.
struct ResponseParser {
    enum Part {
        case head(ResponseHead)
        case body(ByteBuffer)
        case end
    }

    private enum State {
        case head
        case fixed(remaining: Int)
        case chunkSize
        case chunk(remaining: Int)
        case chunkEnd
        case trailers
        case untilClose
    }

    /// A head or chunk line longer than this is refused.
    private static let longestHead = 64 * 1024

    private var state = State.head
    private var unread = ByteBuffer()

    mutating func append(_ bytes: ByteBuffer) {
        if unread.readableBytes == 0 {
            unread = bytes
        } else {
            unread.writeImmutableBuffer(bytes)
        }
    }

    /// The next part, or `nil` until more bytes are appended.
    mutating func next() throws(BenchmarkFailure) -> Part? {
        while true {
            switch state {
            case .head:
                guard let length = lengthOfHead() else { return try patience() }
                let head = try Self.parse(unread.readSlice(length: length) ?? ByteBuffer())
                if head.status / 100 == 1 { continue }
                switch head.framing {
                case .length(let length): state = .fixed(remaining: length)
                case .chunked: state = .chunkSize
                case .untilClose: state = .untilClose
                }
                return .head(head)
            case .fixed(remaining: 0):
                state = .head
                return .end
            case .fixed(let remaining):
                guard let bytes = take(atMost: remaining) else { return nil }
                state = .fixed(remaining: remaining - bytes.readableBytes)
                return .body(bytes)
            case .chunkSize:
                guard let line = try readLine() else { return nil }
                let digits = line.prefix { $0 != ";" && $0 != " " }
                guard let size = Int(digits, radix: 16), size >= 0 else {
                    throw BenchmarkFailure(.answer, "A chunk's size is not a number: \(line)")
                }
                state = size == 0 ? .trailers : .chunk(remaining: size)
            case .chunk(remaining: 0):
                state = .chunkEnd
            case .chunk(let remaining):
                guard let bytes = take(atMost: remaining) else { return nil }
                state = .chunk(remaining: remaining - bytes.readableBytes)
                return .body(bytes)
            case .chunkEnd:
                guard let line = try readLine() else { return nil }
                guard line.isEmpty else { throw BenchmarkFailure(.answer, "A chunk is longer than its size says.") }
                state = .chunkSize
            case .trailers:
                guard let line = try readLine() else { return nil }
                guard line.isEmpty else { continue }
                state = .head
                return .end
            case .untilClose:
                return take(atMost: .max).map { .body($0) }
            }
        }
    }

    /// To be called when the peer has closed and ``next()`` has given all it had: `true` if that was a proper place to stop.
    func mayEndHere() -> Bool {
        switch state {
        case .untilClose: true
        case .head: unread.readableBytes == 0
        default: false
        }
    }

    private mutating func take(atMost limit: Int) -> ByteBuffer? {
        guard unread.readableBytes > 0 else { return nil }
        return unread.readSlice(length: min(limit, unread.readableBytes))
    }

    private mutating func readLine() throws(BenchmarkFailure) -> String? {
        guard let index = unread.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) else { return try patience() }
        let line = unread.readString(length: index + 1 - unread.readerIndex) ?? ""
        // "\r\n" is one Character, so the end is cut off among the scalars.
        return String(line.unicodeScalars.filter { $0 != "\r" && $0 != "\n" })
    }

    /// `nil`, unless so much has been waited for that the end will hardly come.
    private func patience<Value>() throws(BenchmarkFailure) -> Value? {
        guard unread.readableBytes <= Self.longestHead else {
            throw BenchmarkFailure(.answer, "No end of a head or chunk line within \(Self.longestHead) bytes.")
        }
        return nil
    }

    private func lengthOfHead() -> Int? {
        unread.withUnsafeReadableBytes { bytes in
            var index = 3
            // Looking at every fourth byte only would be faster still; heads are short.
            while index < bytes.count {
                if bytes[index] == UInt8(ascii: "\n"), bytes[index - 1] == UInt8(ascii: "\r"),
                    bytes[index - 2] == UInt8(ascii: "\n"), bytes[index - 3] == UInt8(ascii: "\r")
                {
                    return index + 1
                }
                index += 1
            }
            return nil
        }
    }

    private static func parse(_ head: ByteBuffer) throws(BenchmarkFailure) -> ResponseHead {
        let lines = HeadLines(head)
        guard let status = lines.status else {
            throw BenchmarkFailure(.answer, "Not an HTTP/1.1 response: \(String(buffer: head).prefix(80))")
        }
        let framing: ResponseHead.Framing
        if status == 204 || status == 304 || status / 100 == 1 {
            framing = .length(0)
        } else if lines.value(of: "transfer-encoding")?.lowercased().hasSuffix("chunked") == true {
            framing = .chunked
        } else if let text = lines.value(of: "content-length") {
            guard let length = Int(text), length >= 0 else {
                throw BenchmarkFailure(.answer, "Content-Length is not a number: \(text)")
            }
            framing = .length(length)
        } else {
            framing = .untilClose
        }
        // 201 is what the hammer gets thousands of times a second: nobody asks for more of its head.
        let isPlain = status == 201
        let type = isPlain ? nil : lines.value(of: "content-type")
        return ResponseHead(
            status: status,
            framing: framing,
            mediaType: type.map { String($0.prefix { $0 != ";" && $0 != " " }) } ?? "",
            retryAfter: isPlain ? nil : lines.value(of: "retry-after").flatMap { Int($0) })
    }
}
