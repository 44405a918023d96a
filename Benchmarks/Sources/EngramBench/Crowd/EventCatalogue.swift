/// The different events that came, each kept once: the same bytes go to thousands of subscribers.
struct EventCatalogue {
    private(set) var events: [[UInt8]] = []
    private var indexes: [UInt64: Int32] = [:]

    /// The number of the event with these bytes. They are compared by a hash of 64 bit.
    mutating func number(of bytes: UnsafeRawBufferPointer) -> Int32 {
        let key = Self.hash(bytes)
        if let known = indexes[key] { return known }
        let number = Int32(events.count)
        events.append([UInt8](bytes))
        indexes[key] = number
        return number
    }

    /// Eight bytes at a time, multiplied and folded.
    private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash = UInt64(bytes.count) &* 0x9E37_79B9_7F4A_7C15
        var offset = 0
        while offset + 8 <= bytes.count {
            hash = mix(hash ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
        }
        var rest: UInt64 = 0
        while offset < bytes.count {
            rest = rest << 8 | UInt64(bytes[offset])
            offset += 1
        }
        return mix(hash ^ rest)
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        let (high, low) = value.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return (high ^ low) &+ 0x2545_F491_4F6C_DD1D
    }
}
