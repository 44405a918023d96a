/// Whether ingestion keeps its rate when much is stored.
///
/// The rate with little stored is taken twice, on a fresh server before and on another one after, so that a machine that
/// slows down or speeds up meanwhile shows, and is halved. Each window begins and ends with an idle server.
struct GrowthScenario: Scenario {
    private static let windows = 3

    func measure(_ report: inout ScenarioReport, on workbench: Workbench) async throws {
        let options = workbench.options
        let window = options.window
        let little = min(2000, max(1, options.stored / 10))

        let server = try await workbench.start([])
        var store = try await Store(server: server, workbench: workbench)
        try await store.fill(to: little)
        let before = try await store.measure(windows: Self.windows, of: window)
        try await store.fill(to: options.stored)
        let late = try await store.measure(windows: Self.windows, of: window)
        let bytes = Double(server.directory.size()) / Double(store.count)
        let memory = try server.gauge.residentKilobytes() / 1024
        try await store.verify(&report)
        if report.checks.allSatisfy(\.passed) {
            workbench.stock = Workbench.Stock(directory: server.directory, memories: store.count)
        }
        try await workbench.stop(server, &report)

        let fresh = try await workbench.start([])
        var again = try await Store(server: fresh, workbench: workbench)
        try await again.fill(to: little)
        let after = try await again.measure(windows: Self.windows, of: window)
        try await again.verify(&report)
        try await workbench.stop(fresh, &report)

        let early = Percentiles((before + after).map(\.rate))
        let lateRates = Percentiles(late.map(\.rate))
        let earlyCPU = Percentiles((before + after).map(\.cpuMicroseconds))
        let lateCPU = Percentiles(late.map(\.cpuMicroseconds))
        // A mean of the two middle values: there are six windows with little stored.
        let earlyRate = (early.median + early.value(at: 0.51)) / 2
        report.figures = [
            Figure("rate with much ÷ with little", lateRates.median / earlyRate, "", target: .atLeast(0.8)),
            Figure("rate with \(little)…\(little + Self.windows * window) stored", earlyRate, "/s"),
            Figure("rate with \(options.stored)…\(store.count) stored", lateRates.median, "/s"),
            Figure("the same in server CPU per episode", earlyCPU.median / lateCPU.median, ""),
            Figure("server CPU per episode, little", earlyCPU.median, "µs"),
            Figure("server CPU per episode, much", lateCPU.median, "µs"),
            Figure("on disk per episode", bytes, "bytes"),
            Figure("server RSS with \(store.count)", memory, "MB")
        ]
        report.figures += store.curve.map { Figure("filling, from \($0.stored)", $0.rate, "/s") }
        report.notes.append("windows of \(window), little: \(Self.list(before)) before, \(Self.list(after)) after, /s")
        report.notes.append("windows of \(window), much: \(Self.list(late)), /s")
        for (name, windows) in [("little", before), ("much", late)] {
            report.notes.append("\(name): a window was watched by \(windows.map(\.watching).joined(separator: "; "))")
        }
    }

    private static func list(_ windows: [Ingestion]) -> String {
        windows.map { String(Int($0.rate)) }.joined(separator: ", ")
    }
}

extension GrowthScenario {
    /// A server that is being filled.
    @ClientLoop
    private struct Store {
        private(set) var count = 0
        /// The rate of each step of ``fill(to:)``, by what was stored before it.
        private(set) var curve: [(stored: Int, rate: Double)] = []

        private let server: ServerProcess
        private let hammer: Hammer
        private var stats: TaskStats?

        init(server: ServerProcess, workbench: Workbench) async throws {
            self.server = server
            hammer = try await Hammer(
                address: server.address, connections: workbench.options.connections, texts: workbench.texts)
        }

        /// Ingests in some ten steps, each waited for: a backlog of everything would be another experiment.
        mutating func fill(to target: Int) async throws {
            let step = max(2000, (target - count + 9) / 10)
            while count < target {
                let stored = count
                curve.append((stored, try await ingest(min(step, target - count)).rate))
            }
        }

        mutating func measure(windows: Int, of size: Int) async throws -> [Ingestion] {
            var rates: [Ingestion] = []
            for _ in 0..<windows { rates.append(try await ingest(size)) }
            return rates
        }

        func verify(_ report: inout ScenarioReport) async throws {
            hammer.close()
            report.checks += hammer.tally.checks(pushBackAllowed: true)
            let total = try await server.client.memoryTotal()
            let isComplete = stats.map { $0.completed == count && $0.spoilt == 0 } ?? false
            report.checks.append(
                Check(
                    "total and completed = posted, failed = 0", isComplete && total == count,
                    "\(total) memories of \(count), tasks: \(stats.map(String.init(describing:)) ?? "none")"))
        }

        private mutating func ingest(_ size: Int) async throws -> Ingestion {
            let ingestion = try await Ingestion.run(count: size, through: hammer, into: server, endedBefore: count)
            count += size
            stats = ingestion.statsAfter
            return ingestion
        }
    }
}
