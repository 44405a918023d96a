/// Takes the events out of an HTTP/1.1 response, whatever its framing, with one pass over the bytes and no copy of an event that came
/// in one piece.
struct StreamDecoder {
    private enum State {
        case head
        case chunkSize(Int)
        case chunk(left: Int)
        /// The line feed that ends a chunk is to come.
        case chunkEnd
        case trailer(lineLength: Int)
        case untilClose
        case done
    }

    private(set) var status = 0
    private var state = State.head
    private var head: [UInt8] = []
    private var splitter = EventSplitter()

    /// The response has come to its end.
    var isDone: Bool { if case .done = state { true } else { false } }
    /// A close now is the response's proper end.
    var mayEndHere: Bool {
        switch state {
        case .untilClose, .done: true
        default: false
        }
    }

    /// - Parameter event: is given each event, without `retry:` and comments.
    /// - Returns: whether it was HTTP.
    mutating func feed(_ bytes: UnsafeRawBufferPointer, event: (UnsafeRawBufferPointer) -> Void) -> Bool {
        var offset = 0
        while offset < bytes.count {
            switch state {
            case .head:
                guard readHead(bytes, &offset) else { return false }
            case .chunkSize(var size):
                let byte = bytes[offset]
                offset += 1
                switch byte {
                case 0x30...0x39: size = size << 4 | Int(byte & 0xF)
                case 0x41...0x46, 0x61...0x66: size = size << 4 | (Int(byte & 0xF) + 9)
                case 0x0D: break
                case 0x0A:
                    state = size == 0 ? .trailer(lineLength: 0) : .chunk(left: size)
                    continue
                default: return false
                }
                guard size < 1 << 32 else { return false }
                state = .chunkSize(size)
            case .chunk(let left):
                let count = min(left, bytes.count - offset)
                splitter.feed(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count]), event)
                offset += count
                state = count == left ? .chunkEnd : .chunk(left: left - count)
            case .chunkEnd:
                if bytes[offset] == 0x0A { state = .chunkSize(0) } else if bytes[offset] != 0x0D { return false }
                offset += 1
            case .trailer(let length):
                let byte = bytes[offset]
                offset += 1
                if byte == 0x0A { state = length == 0 ? .done : .trailer(lineLength: 0) }
                if byte != 0x0A, byte != 0x0D { state = .trailer(lineLength: length + 1) }
            case .untilClose:
                splitter.feed(UnsafeRawBufferPointer(rebasing: bytes[offset...]), event)
                offset = bytes.count
            case .done:
                return false
            }
        }
        return true
    }

    /// For the next response on the same connection.
    mutating func restart() {
        self = StreamDecoder()
    }

    private mutating func readHead(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) -> Bool {
        while offset < bytes.count {
            head.append(bytes[offset])
            offset += 1
            guard head.count < 16 << 10 else { return false }
            if head.last == 0x0A, head.count > 3, head[head.count - 3] == 0x0A || head.suffix(2) == [0x0A, 0x0A] { return finishHead() }
        }
        return true
    }

    private mutating func finishHead() -> Bool {
        let lines = String(decoding: head, as: UTF8.self).lowercased().split(whereSeparator: \.isNewline)
        head = []
        guard let code = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return false }
        status = code
        if lines.contains(where: { $0.hasPrefix("transfer-encoding:") && $0.hasSuffix("chunked") }) {
            state = .chunkSize(0)
        } else {
            // Another body than a stream's is of no interest: whoever gets one is lost.
            state = code == 204 ? .done : .untilClose
        }
        return true
    }
}
