/// Looks for one text inside others, byte for byte but for the case of ASCII letters.
struct TextSearch: Sendable {
    private let needle: [UInt8]

    init(_ needle: String) {
        self.needle = needle.utf8.map(Self.folded)
    }

    /// O(bytes of `text` × bytes sought) at worst; an empty text is found everywhere.
    func isFound(in text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            guard bytes.count >= needle.count else { return false }
            return (0...(bytes.count - needle.count)).contains { start in
                needle.indices.allSatisfy { Self.folded(bytes[start + $0]) == needle[$0] }
            }
        }
    }

    private static func folded(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
