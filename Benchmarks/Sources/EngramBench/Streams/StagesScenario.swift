/// How long a change of stage takes to reach its task's one subscriber, while other tasks arrive, work and end.
///
/// Tasks arrive at a fixed rate, whatever the server does. There are a few workers too few for it, so that each task waits a
/// moment and its subscriber is there before its first stage. To nchan as many messages a second are published.
struct StagesScenario: StreamScenario {
    let hasPeer = true

    private static let parts = 5
    private static let delay = 0.2
    /// Changes that a subscriber of a whole task is shown.
    private static let changes = parts + 6

    func measureEngram(_ report: inout ScenarioReport, on bench: StreamBench) async throws -> [StreamFigure: Double] {
        let (tasks, rate) = (bench.options.tasks, bench.options.rate)
        let workers = max(1, Int(Double(Self.parts) * Self.delay * rate * 0.8))
        // The first ones fill the workers and are not watched.
        let lead = workers + workers / 10 + 1
        let engram = try await bench.startEngram(parts: Self.parts, delay: "\(Int(Self.delay * 1000))ms", workers: workers)
        let crowd = try Crowd()
        let clock = ContinuousClock()
        let began = clock.now + .milliseconds(50)
        try await withThrowingDiscardingTaskGroup { group in
            for number in 0..<(lead + tasks) {
                try await clock.sleep(until: began + .seconds(Double(number) / rate))
                group.addTask {
                    let memory = try await engram.server.client.post(memory: bench.texts.next())
                    guard number >= lead else { return }
                    let request = await engram.subscription(to: memory)
                    crowd.open([Crowd.Opening(port: await engram.port, request: request, tag: number)])
                }
            }
        }
        try await crowd.wait("all streams end") { $0.ended + $0.lost >= tasks }
        let judge = CrowdJudge(await crowd.finish(), dialect: .engram)
        bench.eventSize = judge.eventSize
        report.checks += judge.checks(endings: true, completeness: true)
        report.notes.append("\(rate) tasks/s, \(workers) workers, \(Self.parts) parts of \(Self.delay) s")
        try await bench.stop(engram.server, &report)
        return figures(judge, &report)
    }

    func measureNchan(_ report: inout ScenarioReport, on bench: StreamBench) async throws -> [StreamFigure: Double] {
        let tasks = bench.options.tasks
        let interval = 1 / (bench.options.rate * Double(Self.changes))
        let nchan = try await bench.startNchan()
        let publisher = try await NchanPublisher.open(to: nchan, eventSize: bench.eventSize)
        for channel in 0..<tasks { publisher.publish(to: channel) }
        try await publisher.settle()
        let crowd = try Crowd()
        crowd.open((0..<tasks).map { Crowd.Opening(port: nchan.address.port, request: nchan.subscription(to: $0), tag: $0) })
        try await crowd.wait("every stream has its first event") { $0.served + $0.lost >= tasks }
        let clock = ContinuousClock()
        let began = clock.now
        for number in 0..<tasks * Self.changes {
            try await clock.sleep(until: began + .seconds(Double(number) * interval))
            publisher.publish(to: number % tasks)
        }
        try await publisher.settle()
        publisher.close()
        let all = Self.changes + 1
        try await crowd.wait("everybody has every message") { $0.reached(all) + $0.lost >= tasks }
        let judge = CrowdJudge(await crowd.finish(), dialect: .nchan)
        report.checks += judge.checks(endings: false, completeness: true)
        try await bench.stop(nchan)
        return figures(judge, &report)
    }

    private func figures(_ judge: CrowdJudge, _ report: inout ScenarioReport) -> [StreamFigure: Double] {
        let delays = judge.delays(1..<Int.max)
        report.notes.append("\(delays.count) changes shown, the slowest after \(ReportTable.format(delays.highest)) ms")
        return [.stagesMedian: delays.median, .stagesTail: delays.value(at: 0.99)]
    }
}
