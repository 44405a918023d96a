import Glibc

/// Cuts a `text/event-stream` into its events, with no copy of one that came in one piece.
struct EventSplitter {
    /// The beginning of an event whose end has not come.
    private var carry: [UInt8] = []

    /// - Parameter event: is given each event, without `retry:` and comments.
    mutating func feed(_ bytes: UnsafeRawBufferPointer, _ event: (UnsafeRawBufferPointer) -> Void) {
        guard !carry.isEmpty else {
            let rest = Self.split(bytes, event)
            if rest < bytes.count { carry.append(contentsOf: bytes[rest...]) }
            return
        }
        carry.append(contentsOf: bytes)
        let rest = carry.withUnsafeBytes { Self.split($0, event) }
        if rest > 0 { carry.removeFirst(rest) }
    }

    /// Gives out the blocks that an empty line ends, and returns where the rest begins.
    private static func split(_ bytes: UnsafeRawBufferPointer, _ event: (UnsafeRawBufferPointer) -> Void) -> Int {
        var start = 0
        var lineStart = 0
        while let base = bytes.baseAddress, lineStart < bytes.count,
            let found = memchr(base + lineStart, 0x0A, bytes.count - lineStart)
        {
            let end = UnsafeRawPointer(found) - base
            if end == lineStart {
                if lineStart > start { event(UnsafeRawBufferPointer(rebasing: bytes[start...end])) }
                start = end + 1
            } else if lineStart == start, bytes[start] == 0x3A || bytes[start] == 0x72 {
                // `:` or `retry:` before all else of the block.
                start = end + 1
            }
            lineStart = end + 1
        }
        return start
    }
}
