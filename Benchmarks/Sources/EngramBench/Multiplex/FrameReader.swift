/// Cuts what comes over a connection of HTTP/2 into its frames, with no copy of those that came in one piece.
struct FrameReader {
    private static let headSize = 9

    private var carry: [UInt8] = []

    mutating func feed(_ bytes: UnsafeRawBufferPointer, _ take: (Frame) -> Void) {
        guard !carry.isEmpty else {
            let rest = Self.split(bytes, take)
            if rest < bytes.count { carry.append(contentsOf: bytes[rest...]) }
            return
        }
        carry.append(contentsOf: bytes)
        let rest = carry.withUnsafeBytes { Self.split($0, take) }
        if rest > 0 { carry.removeFirst(rest) }
    }

    private static func split(_ bytes: UnsafeRawBufferPointer, _ take: (Frame) -> Void) -> Int {
        var start = 0
        while bytes.count - start >= headSize {
            let size = Int(bytes[start]) << 16 | Int(bytes[start + 1]) << 8 | Int(bytes[start + 2])
            let body = start + headSize
            guard bytes.count - body >= size else { break }
            let stream = bytes.loadUnaligned(fromByteOffset: start + 5, as: UInt32.self).bigEndian & 0x7FFF_FFFF
            take(
                Frame(
                    kind: bytes[start + 3], flags: bytes[start + 4], stream: Int(stream),
                    payload: UnsafeRawBufferPointer(rebasing: bytes[body..<body + size])))
            start = body + size
        }
        return start
    }
}
