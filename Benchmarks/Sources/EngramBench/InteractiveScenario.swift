/// How long a single interactive episode of one project takes while a large import of another is taken in and worked off: from the post to the moment
/// of its `completed`.
///
/// The singles arrive at a fixed rate from the beginning of the upload, whatever the server does (no coordinated omission), until there are enough or
/// the import is worked off.
struct InteractiveScenario: Scenario {
    private static let rate = 20.0

    func measure(_ report: inout ScenarioReport, on workbench: Workbench) async throws {
        let options = workbench.options
        let server = try await workbench.start([])
        let busy = try await server.client.createProject("Busy").id
        let single = try await server.client.createProject("Single").id
        let made = try await server.client.beginImport(project: busy)
        let upload = try await Upload.open(to: server.address, path: made.uploadURL)
        let texts = workbench.texts
        let clock = ContinuousClock()
        let began = clock.now + .milliseconds(500)
        let visitor = Visitor(server: server, texts: workbench.texts, project: single)
        var left = options.backlog
        async let uploaded = {
            _ = try await upload.send(lines: options.backlog, of: texts)
            return try await upload.finish().decoded(ImportOutcome.self, status: 202)
        }()
        try await withThrowingDiscardingTaskGroup { group in
            for number in 0..<options.singles {
                let due = began + .seconds(Double(number) / Self.rate)
                try await clock.sleep(until: due)
                if number % 20 == 0 {
                    left = options.backlog - (try await server.client.taskStats().completed)
                    if left < options.backlog / 20 { break }
                }
                group.addTask { try await visitor.visit(due: due) }
            }
        }
        let outcome = try await uploaded
        let seconds = (clock.now - began).seconds
        let delays = Percentiles(visitor.delays)
        report.figures = [
            Figure("post → completed p50", delays.median, "ms"),
            Figure("post → completed p99", delays.value(at: 0.99), "ms", target: .atMost(250)),
            Figure("post → completed longest", delays.highest, "ms"),
            Figure("singles", Double(delays.count), ""),
            Figure("lines of the import", Double(options.backlog), ""),
            Figure("of them worked off meanwhile", Double(options.backlog - left) / seconds, "/s")
        ]
        report.checks.append(
            Check(
                "every single was completed while the import lasted, and every line accepted",
                delays.count >= 20 && visitor.spoilt == 0 && outcome.accepted == options.backlog,
                "\(delays.count) completed, \(visitor.spoilt) not; \(outcome.accepted) lines accepted, \(left) left at the last look"))
        report.notes.append("\(Self.rate) singles/s")
        try await workbench.stop(server, &report)
    }

    /// Posts the singles, and what they brought home.
    @ClientLoop
    private final class Visitor {
        /// Milliseconds.
        private(set) var delays: [Double] = []
        private(set) var spoilt = 0

        private let server: ServerProcess
        private let texts: Texts
        private let project: String

        init(server: ServerProcess, texts: Texts, project: String) {
            self.server = server
            self.texts = texts
            self.project = project
        }

        func visit(due: ContinuousClock.Instant) async throws {
            let began = ContinuousClock.now
            let memory = try await server.client.post(memory: texts.next(project: project, priority: "interactive"))
            let subscriber = try await Subscriber.open(memory.streamURL, at: server.address, lifetime: .seconds(60))
            await subscriber.ended.wait()
            guard subscriber.recording.arrivals.last?.event.name == "completed" else {
                spoilt += 1
                return
            }
            // From when it was due: a client that is late has waited, too.
            delays.append((ContinuousClock.now - min(due, began)).milliseconds)
        }
    }
}
