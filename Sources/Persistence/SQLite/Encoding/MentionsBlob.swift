import GRDB
import Knowledge

/// All mentions of one memory in one column: for each its entity's number, how many ranges follow, and of each range the
/// distance from the end of the one before (from 0) and its length; every number as a variable-length integer of seven bits a
/// byte, zigzag-coded, because ranges may overlap.
struct MentionsBlob: Storable {
    var mentions: [GraphDelta.Mention]

    init(_ mentions: [GraphDelta.Mention]) {
        self.mentions = mentions
    }

    func put(into statement: OpaquePointer, at index: CInt) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(mentions.count * 8)
        for mention in mentions {
            Self.append(mention.entity.rawValue, to: &bytes)
            Self.append(Int64(mention.ranges.count), to: &bytes)
            var position = 0
            for range in mention.ranges {
                Self.append(Int64(range.lowerBound - position), to: &bytes)
                Self.append(Int64(range.count), to: &bytes)
                position = range.upperBound
            }
        }
        bytes.put(into: statement, at: index)
    }

    static func read(from statement: OpaquePointer, at index: CInt) throws -> MentionsBlob {
        var bytes = [UInt8].read(from: statement, at: index)[...]
        var mentions: [GraphDelta.Mention] = []
        while !bytes.isEmpty {
            var mention = GraphDelta.Mention(entity: EntityNumber(try next(&bytes)), ranges: [])
            var position: Int64 = 0
            for _ in 0..<max(0, try next(&bytes)) {
                let (lower, overflow) = position.addingReportingOverflow(try next(&bytes))
                let (upper, overflows) = lower.addingReportingOverflow(try next(&bytes))
                guard !overflow, !overflows, lower <= upper else { throw DatabaseError.unreadable("mention") }
                mention.ranges.append(Int(lower)..<Int(upper))
                position = upper
            }
            mentions.append(mention)
        }
        return MentionsBlob(mentions)
    }

    private static func append(_ value: Int64, to bytes: inout [UInt8]) {
        var rest = UInt64(bitPattern: (value << 1) ^ (value >> 63))
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    private static func next(_ bytes: inout ArraySlice<UInt8>) throws -> Int64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = bytes.popFirst() {
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1) }
            shift += 7
            guard shift < 64 else { break }
        }
        throw DatabaseError.unreadable("mention")
    }
}
