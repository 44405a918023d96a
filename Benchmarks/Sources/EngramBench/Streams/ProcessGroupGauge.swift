/// CPU time and memory of a process and its children together.
struct ProcessGroupGauge {
    let members: [ProcessGauge]

    init(_ pids: [Int32]) {
        members = pids.map(ProcessGauge.init)
    }

    /// The process with the children that it has now.
    init(leader: Int32) throws {
        let children = try ProcessGauge.read("/proc/\(leader)/task/\(leader)/children").split(separator: " ").compactMap { Int32($0) }
        self.init([leader] + children)
    }

    func cpuSeconds() throws -> Double { try members.reduce(0) { try $0 + $1.cpuSeconds() } }

    func memory() throws -> MemoryReading {
        MemoryReading(
            resident: try members.reduce(0) { try $0 + $1.residentKilobytes() },
            proportional: try members.reduce(0) { try $0 + $1.proportionalKilobytes() })
    }

    /// Memory once it has stopped moving: two readings a second apart within a thousandth, twenty seconds at most.
    func settledMemory() async throws -> MemoryReading {
        try await Task.sleep(for: .seconds(2))
        var last = try memory()
        for _ in 0..<20 {
            try await Task.sleep(for: .seconds(1))
            let now = try memory()
            if abs(now.resident - last.resident) <= last.resident / 1000 { return now }
            last = now
        }
        return last
    }
}
