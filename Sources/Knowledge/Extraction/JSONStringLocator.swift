/// Says where the strings of a JSON document stand, asked for in the document's order. One pass over the content in all.
struct JSONStringLocator {
    private let bytes: [UInt8]
    private var position = 0
    /// Scalars before ``position``.
    private var scalars = 0

    init(_ content: String) { bytes = Array(content.utf8) }

    private mutating func advance() {
        if bytes[position] & 0xC0 != 0x80 { scalars += 1 }
        position += 1
    }

    /// The scalar at which the next string's text begins; `nil` when it is written with escapes, or there is none.
    mutating func next() -> Int? {
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") { advance() }
        guard position < bytes.count else { return nil }
        advance()
        let start = scalars
        var isLiteral = true
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            if bytes[position] == UInt8(ascii: "\\") {
                isLiteral = false
                advance()
                guard position < bytes.count else { return nil }
            }
            advance()
        }
        if position < bytes.count { advance() }
        return isLiteral ? start : nil
    }
}
