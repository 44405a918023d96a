/// How long a change of stage takes to reach the task's one subscriber.
///
/// Tasks arrive at a fixed rate, whatever the server does (no coordinated omission). There are a few workers too few for
/// that rate, so that each task waits a moment and its subscriber is there before its first stage; the arrivals until the
/// workers are busy are not subscribed to.
struct LatencyScenario: Scenario {
    private static let parts = 5
    private static let delay = 0.2

    func measure(_ report: inout ScenarioReport, on workbench: Workbench) async throws {
        let options = workbench.options
        let occupancy = Double(Self.parts) * Self.delay * options.rate
        let workers = max(1, Int(occupancy * 0.8))
        let lead = workers + workers / 10 + 1
        // The backlog grows until the last arrival; twice its time is plenty.
        let needed = Double(lead + options.tasks) / Double(workers) * Double(Self.parts) * Self.delay
        let lifetime = Duration.seconds(2 * needed + 30)
        let server = try await workbench.start([
            "--extractor", "paced", "--paced-delay", "\(Int(Self.delay * 1000))ms", "--paced-parts", "\(Self.parts)",
            "--paced-failure-rate", "0", "--workers", "\(workers)"
        ])
        let cpuBefore = try server.gauge.cpuSeconds()
        let clock = ContinuousClock()
        let began = clock.now + .milliseconds(50)
        let audience = Audience(server: server, texts: workbench.texts, lifetime: lifetime)

        try await withThrowingDiscardingTaskGroup { group in
            for number in 0..<(lead + options.tasks) {
                let due = began + .seconds(Double(number) / options.rate)
                group.addTask { try await audience.follow(taskDue: due, watching: number >= lead) }
            }
        }
        let cpu = try server.gauge.cpuSeconds() - cpuBefore
        let seconds = (clock.now - began).seconds

        var judge = StreamJudge()
        for (task, recording) in audience.recordings { judge.judge(recording, name: task) }
        let all = Percentiles(judge.deliveries.map { Double($0.delay) / 1000 })
        let endings = Percentiles(judge.deliveries.filter(\.isTerminal).map { Double($0.delay) / 1000 })
        report.figures = [
            Figure("change → subscriber p50", all.median, "ms", target: .atMost(5)),
            Figure("change → subscriber p99", all.value(at: 0.99), "ms", target: .atMost(20)),
            Figure("change → subscriber longest", all.highest, "ms"),
            Figure("terminal event alone, p99", endings.value(at: 0.99), "ms"),
            Figure("changes delivered", Double(all.count), ""),
            Figure("changes delivered per second", Double(all.count) / seconds, "/s"),
            Figure("server CPU per task", cpu * 1e6 / Double(lead + options.tasks), "µs"),
            Figure("client posted late, p99", Percentiles(audience.lateness).value(at: 0.99), "ms")
        ]
        report.checks += judge.checks
        let distinct = Set(audience.recordings.map(\.task)).count
        report.checks.append(Check("a stream for each task", distinct == options.tasks, "\(distinct) tasks"))
        let begins = judge.firstStages.sorted { $0.value > $1.value }.map { "\($0.value) × \($0.key)" }
        report.notes.append("\(options.rate) posts/s, \(workers) workers, \(Self.parts) parts of \(Self.delay) s")
        report.notes.append("first events (not in the figures): " + begins.joined(separator: ", "))
        try await workbench.stop(server, &report)
    }

    /// Those who post the tasks and watch them, and what they brought home.
    @ClientLoop
    private final class Audience {
        private(set) var recordings: [(task: String, recording: StreamRecording)] = []
        /// Milliseconds by which posts began after they were due.
        private(set) var lateness: [Double] = []

        private let server: ServerProcess
        private let texts: Texts
        private let lifetime: Duration

        init(server: ServerProcess, texts: Texts, lifetime: Duration) {
            self.server = server
            self.texts = texts
            self.lifetime = lifetime
        }

        /// Posts a task when it is due and, if it is to be watched, records its stream to the end.
        func follow(taskDue due: ContinuousClock.Instant, watching: Bool) async throws {
            let clock = ContinuousClock()
            try await clock.sleep(until: due)
            lateness.append((clock.now - due).milliseconds)
            let memory = try await server.client.post(memory: texts.next())
            guard watching else { return }
            let subscriber = try await Subscriber.open(memory.streamURL, at: server.address, lifetime: lifetime)
            await subscriber.ended.wait()
            recordings.append((memory.taskID, subscriber.recording))
        }
    }
}
