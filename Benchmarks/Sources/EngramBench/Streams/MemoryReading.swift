/// Memory in KiB.
struct MemoryReading {
    let resident: Double
    /// Pages that several processes share are counted in parts.
    let proportional: Double

    static func - (left: MemoryReading, right: MemoryReading) -> MemoryReading {
        MemoryReading(resident: left.resident - right.resident, proportional: left.proportional - right.proportional)
    }

    static func / (left: MemoryReading, count: Int) -> MemoryReading {
        MemoryReading(resident: left.resident / Double(count), proportional: left.proportional / Double(count))
    }
}
