import Glibc
import NIOCore

/// Finds a string field of a JSON object without parsing the rest: what the hammer can afford for each answer.
///
/// `"name":` with its quotes and colon can't occur inside a JSON string, where quotes are escaped; it could occur as a key
/// of a nested object, so it is for names that the answer uses only once. O(length of the text).
struct FieldScanner {
    private let quoted: [UInt8]

    init(name: String) {
        quoted = Array("\"\(name)\"".utf8)
    }

    /// The field's value, `nil` if there is none, it is no string or it has an escape in it.
    func string(in text: ByteBuffer) -> String? {
        text.withUnsafeReadableBytes { bytes in
            guard let base = bytes.baseAddress else { return nil }
            var index = 0
            while index < bytes.count, let found = memchr(base + index, Int32(quoted[0]), bytes.count - index) {
                let start = UnsafeRawPointer(found) - base
                index = start + 1
                guard bytes.count - start > quoted.count, memcmp(base + start, quoted, quoted.count) == 0 else { continue }
                var rest = bytes[(start + quoted.count)...].drop { Self.isSpace($0) }
                guard rest.first == UInt8(ascii: ":") else { continue }
                rest = rest.dropFirst().drop { Self.isSpace($0) }
                guard rest.first == UInt8(ascii: "\"") else { continue }
                rest = rest.dropFirst()
                guard let end = rest.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
                let value = rest[rest.startIndex..<end]
                return value.contains(UInt8(ascii: "\\")) ? nil : String(decoding: value, as: UTF8.self)
            }
            return nil
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }
}
