import GRDB

/// Writes numbers and texts one after the other, as short as they are.
struct PackedWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    mutating func append(byte: UInt8) { bytes.append(byte) }

    mutating func append(_ value: Int64) {
        var rest = UInt64(bitPattern: (value << 1) ^ (value >> 63))
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func append(_ text: String?) {
        guard let text else { return append(0) }
        append(Int64(text.utf8.count + 1))
        bytes.append(contentsOf: text.utf8)
    }

    /// Ascending ranges are shortest.
    mutating func append(_ ranges: [Range<Int>]) {
        append(Int64(ranges.count))
        var position = 0
        for range in ranges {
            append(Int64(range.lowerBound - position))
            append(Int64(range.count))
            position = range.upperBound
        }
    }
}

/// Reads what a ``PackedWriter`` wrote. Throws `SQLITE_CORRUPT` at what none would have written.
struct PackedReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ count: Int) { rest = rest.dropFirst(count) }

    mutating func next() throws -> Int64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = rest.popFirst() {
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1) }
            shift += 7
            guard shift < 64 else { break }
        }
        throw DatabaseError.unreadable("packed number")
    }

    mutating func text() throws -> String? { try text(length: try next()) }

    /// - Parameter length: what ``next()`` gave where a text begins.
    mutating func text(length: Int64) throws -> String? {
        guard length > 0 else { return nil }
        guard length - 1 <= Int64(rest.count) else { throw DatabaseError.unreadable("packed text") }
        let text = rest.prefix(Int(length - 1))
        rest = rest[text.endIndex...]
        return String(decoding: text, as: UTF8.self)
    }

    mutating func ranges() throws -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var position: Int64 = 0
        for _ in 0..<max(0, try next()) {
            let (lower, overflow) = position.addingReportingOverflow(try next())
            let (upper, overflows) = lower.addingReportingOverflow(try next())
            guard !overflow, !overflows, lower <= upper else { throw DatabaseError.unreadable("packed range") }
            ranges.append(Int(lower)..<Int(upper))
            position = upper
        }
        return ranges
    }
}
