import NIOCore

/// A response's head as bytes; fields are looked up in place, because most of them are never asked for.
struct HeadLines {
    private let bytes: ByteBufferView

    init(_ head: ByteBuffer) {
        bytes = head.readableBytesView
    }

    /// The three digits after `HTTP/1.1 `.
    var status: Int? {
        guard bytes.count >= 12, bytes.starts(with: "HTTP/1.".utf8) else { return nil }
        return Int(String(decoding: bytes.dropFirst(9).prefix(3), as: UTF8.self))
    }

    /// The trimmed value of the first field of this name, in any case. O(length of the head).
    ///
    /// - Parameter name: in lower case.
    func value(of name: StaticString) -> String? {
        bytes.withUnsafeBytes { bytes in
            name.withUTF8Buffer { name in
                var start = 0
                while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
                    if end - start > name.count, bytes[start + name.count] == UInt8(ascii: ":"),
                        name.indices.allSatisfy({ Self.lowercase(bytes[start + $0]) == name[$0] })
                    {
                        let value = bytes[(start + name.count + 1)..<end]
                            .drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
                        var text = String(decoding: value, as: UTF8.self).unicodeScalars
                        while let last = text.last, last == "\r" || last == " " || last == "\t" { text.removeLast() }
                        return String(text)
                    }
                    start = end + 1
                }
                return nil
            }
        }
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
