/// One task with thousands of subscribers: what an idle one costs, and how a change reaches them all.
///
/// The server has one worker, kept busy by other tasks while the subscribers come; when all are there and the memory is
/// read, those are cancelled and the task with the audience runs.
struct FanoutScenario: Scenario {
    private static let parts = 5
    private static let delay = 2000
    private static let decoys = 3
    /// Streams that are being opened at a time: more would overflow a usual listen backlog.
    private static let opening = 128
    /// A change with this many microseconds of silence before it is measured by itself.
    private static let solitude: Int64 = 500_000

    func measure(_ report: inout ScenarioReport, on workbench: Workbench) async throws {
        let count = workbench.options.subscribers
        guard count + 200 <= workbench.fileLimit else {
            throw BenchmarkFailure(.setup, "\(count) subscribers need more open files than the limit of \(workbench.fileLimit).")
        }
        let server = try await workbench.start([
            "--extractor", "paced", "--paced-delay", "\(Self.delay)ms", "--paced-parts", "\(Self.parts)",
            "--paced-failure-rate", "0", "--workers", "1"
        ])
        let client = server.client
        var decoys: [AcceptedMemory] = []
        for _ in 0..<Self.decoys { decoys.append(try await client.post(memory: workbench.texts.next())) }
        let memory = try await client.post(memory: workbench.texts.next())
        try await Task.sleep(for: .milliseconds(500))

        let before = try server.gauge.residentKilobytes()
        let clock = ContinuousClock()
        let began = clock.now
        let subscribers = try await gather(count, for: memory, at: server.address)
        let gathered = (clock.now - began).seconds
        try await Task.sleep(for: .seconds(1))
        let perSubscriber = (try server.gauge.residentKilobytes() - before) / Double(count)
        let wasIdle = try await client.task(memory.taskID).status == "Pending"

        let cpuBefore = try server.gauge.cpuSeconds()
        let clientBefore = try ProcessGauge.ownProcess.cpuSeconds()
        for decoy in decoys.reversed() {
            let reply = try await client.cancel(task: decoy.taskID)
            if reply.status != 200, reply.status != 409 { report.notes.append("cancelling a task answered \(reply.status)") }
        }
        for subscriber in subscribers { await subscriber.ended.wait() }
        let cpu = try server.gauge.cpuSeconds() - cpuBefore
        let clientCPU = try ProcessGauge.ownProcess.cpuSeconds() - clientBefore

        var judge = StreamJudge()
        for (number, subscriber) in subscribers.enumerated() {
            judge.judge(subscriber.recording, name: "subscriber \(number)")
        }
        let all = Percentiles(judge.deliveries.map { Double($0.delay) / 1000 })
        let alone = Percentiles(Self.solitary(judge.deliveries).map { Double($0.delay) / 1000 })
        let delivered = Double(judge.deliveries.count)
        report.figures = [
            Figure("subscribers", Double(count), ""),
            Figure("server RSS per idle subscriber", wasIdle ? perSubscriber : .nan, "KB"),
            Figure("all opened and served after", gathered, "s"),
            Figure("a change alone → each, p50", alone.median, "ms"),
            Figure("a change alone → each, p99", alone.value(at: 0.99), "ms"),
            Figure("a change alone → each, longest", alone.highest, "ms"),
            Figure("any change → each, p50", all.median, "ms"),
            Figure("any change → each, p99", all.value(at: 0.99), "ms"),
            Figure("server CPU per delivered event", cpu * 1e6 / delivered, "µs"),
            Figure("client CPU per delivered event", clientCPU * 1e6 / delivered, "µs"),
            Figure("events delivered", delivered, "")
        ]
        report.checks += judge.checks
        if !wasIdle { report.notes.append("the task began before all subscribers were there: no figure for idle ones") }
        report.notes.append(
            "alone: after \(Self.solitude / 1000) ms of silence, \(alone.count) of \(all.count) deliveries; others come back to back"
        )
        try await workbench.stop(server, &report)
    }

    /// Opens the streams, in order, and waits for the first event of each.
    private func gather(_ count: Int, for memory: AcceptedMemory, at address: ServerAddress) async throws -> [Subscriber] {
        let lifetime = Duration.seconds(90 + Self.parts * Self.delay * (Self.decoys + 1) / 1000)
        var subscribers: [Subscriber] = []
        try await withThrowingTaskGroup(of: Subscriber.self) { group in
            var begun = 0
            func addOne() {
                begun += 1
                group.addTask { try await Self.openOne(memory.streamURL, at: address, lifetime: lifetime) }
            }
            while begun < min(count, Self.opening) { addOne() }
            while let subscriber = try await group.next() {
                subscribers.append(subscriber)
                if begun < count { addOne() }
            }
        }
        return subscribers
    }

    private static func openOne(_ url: String, at address: ServerAddress, lifetime: Duration) async throws -> Subscriber {
        let subscriber = try await Subscriber.open(url, at: address, lifetime: lifetime)
        await subscriber.begun.wait()
        return subscriber
    }

    /// The deliveries of changes that came after a silence.
    private static func solitary(_ deliveries: [StreamJudge.Delivery]) -> [StreamJudge.Delivery] {
        let changes = Set(deliveries.map(\.occurredAt)).sorted()
        var alone: Set<Moment> = []
        for (index, change) in changes.enumerated() where index == 0 || change.since(changes[index - 1]) >= solitude {
            alone.insert(change)
        }
        return deliveries.filter { alone.contains($0.occurredAt) }
    }
}
