/// Cuts bytes into lines, however they come. A line ends with LF or CRLF; the end of the input ends one too.
struct LineSplitter {
    enum Line: Equatable, Sendable {
        case bytes([UInt8])
        /// The line was longer than allowed; its bytes are gone.
        case tooLong
    }

    /// The most bytes that a line may have.
    let limit: Int
    private var partial: [UInt8] = []
    private var isSkipping = false
    private var hasPartial = false

    init(limit: Int = 64 << 20) {
        self.limit = limit
    }

    /// Takes the next bytes and returns the lines that they complete. O(bytes).
    mutating func feed(_ bytes: [UInt8]) -> [Line] {
        var lines: [Line] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: 0x0A) {
            append(rest[..<end])
            lines.append(take())
            rest = rest[(end + 1)...]
        }
        if !rest.isEmpty { append(rest) }
        return lines
    }

    /// The last line, if the input did not end with a line feed.
    mutating func finish() -> Line? {
        hasPartial ? take() : nil
    }

    private mutating func append(_ bytes: ArraySlice<UInt8>) {
        hasPartial = true
        guard !isSkipping else { return }
        if partial.count + bytes.count > limit {
            isSkipping = true
            partial = []
        } else {
            partial.append(contentsOf: bytes)
        }
    }

    private mutating func take() -> Line {
        defer {
            partial = []
            isSkipping = false
            hasPartial = false
        }
        if isSkipping { return .tooLong }
        if partial.last == 0x0D { partial.removeLast() }
        return .bytes(partial)
    }
}

extension LineSplitter.Line {
    var isBlank: Bool {
        guard case .bytes(let bytes) = self else { return false }
        return bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    }
}
