/// Who used the processors during a scenario, in cores on average, and the kernel's load averages around it.
struct MachineLoad: Encodable {
    let averageBefore: Double
    let averageAfter: Double
    let cores: Int
    let server: Double
    let client: Double
    /// All else on the machine. What was taken from both by others makes every figure worse.
    let others: Double

    /// So much by others that the figures are worth little but as ratios, and not always that.
    var isDisturbed: Bool { others > 0.2 }
}

extension MachineLoad {
    /// Readings at the beginning, to be completed at the end.
    struct Meter {
        private let began = ContinuousClock.now
        private let average: Double
        private let busy: Double
        private let client: Double

        init() throws {
            average = try Self.loadAverage()
            busy = try Self.busySeconds()
            client = try ProcessGauge.ownProcess.cpuSeconds()
        }

        /// - Parameter serverSeconds: CPU time of all servers since the beginning.
        func finish(serverSeconds: Double, cores: Int) throws -> MachineLoad {
            let seconds = (ContinuousClock.now - began).seconds
            let client = try ProcessGauge.ownProcess.cpuSeconds() - client
            let busy = try Self.busySeconds() - busy
            return MachineLoad(
                averageBefore: average,
                averageAfter: try Self.loadAverage(),
                cores: cores,
                server: serverSeconds / seconds,
                client: client / seconds,
                others: max(0, busy - client - serverSeconds) / seconds)
        }

        private static func loadAverage() throws -> Double {
            try ProcessGauge.read("/proc/loadavg").split(separator: " ").first.flatMap { Double($0) } ?? .nan
        }

        /// Seconds in which any core did not idle or wait for a disk.
        private static func busySeconds() throws -> Double {
            let fields = try ProcessGauge.read("/proc/stat").prefix { $0 != "\n" }.split(separator: " ").dropFirst()
            // user nice system idle iowait irq softirq steal; what follows is counted in user already.
            let ticks = fields.prefix(8).compactMap { Double($0) }
            guard ticks.count == 8 else { throw BenchmarkFailure(.setup, "/proc/stat can't be understood.") }
            return (ticks.reduce(0, +) - ticks[3] - ticks[4]) / 100
        }
    }
}
