/// All on one task: a storm of subscriptions, what an idle subscriber costs, and single changes shown to all.
struct AudienceScenario: StreamScenario {
    let hasPeer = true

    private struct Broadcast {
        var seconds = 0.0
        var memory = MemoryReading(resident: .nan, proportional: .nan)
        var processor = 0.0
        var clientProcessor = 0.0
        var events = 0
    }

    /// Places of a stream's events that come before the first measured change: the state at connection, three stages that follow one
    /// another without a pause, and the first part.
    private static let engramLead = 5
    private static let nchanLead = 2

    func measureEngram(_ report: inout ScenarioReport, on bench: StreamBench) async throws -> [StreamFigure: Double] {
        let options = bench.options
        try bench.demand(sockets: options.subscribers)
        // One part before those that are measured, one after them: its neighbours would come at the same time.
        let engram = try await bench.startEngram(parts: options.changes + 2, delay: "\(options.pause)ms")
        let memory = try await engram.server.client.post(memory: bench.texts.next())
        let crowd = try Crowd()
        var broadcast = try await gather(
            crowd, port: engram.port, request: engram.subscription(to: memory), gauge: engram.gauge, count: options.subscribers)
        try engram.set(workers: 1)
        try await follow(crowd, &broadcast, from: Self.engramLead, gauge: engram.gauge, options: options)
        let subscribers = options.subscribers
        try await crowd.wait("all streams end") { $0.ended + $0.lost >= subscribers }
        let judge = CrowdJudge(await crowd.finish(), dialect: .engram)
        bench.eventSize = judge.eventSize
        report.notes.append("an event has \(judge.eventSize) bytes")
        report.checks += judge.checks(endings: true, completeness: true)
        try await bench.stop(engram.server, &report)
        return figures(broadcast, judge.delays(Self.engramLead..<Self.engramLead + options.changes))
    }

    func measureNchan(_ report: inout ScenarioReport, on bench: StreamBench) async throws -> [StreamFigure: Double] {
        let options = bench.options
        let nchan = try await bench.startNchan()
        let publisher = try await NchanPublisher.open(to: nchan, eventSize: bench.eventSize)
        publisher.publish()
        try await publisher.settle()
        let crowd = try Crowd()
        var broadcast = try await gather(
            crowd, port: nchan.address.port, request: nchan.subscription(to: 0), gauge: nchan.gauge, count: options.subscribers)
        let publishing = Task {
            for _ in 0..<options.changes + 2 {
                publisher.publish()
                try await Task.sleep(for: .milliseconds(options.pause))
            }
        }
        defer { publishing.cancel() }
        try await follow(crowd, &broadcast, from: Self.nchanLead, gauge: nchan.gauge, options: options)
        try await publishing.value
        try await publisher.settle()
        publisher.close()
        let subscribers = options.subscribers
        try await crowd.wait("all have the last message") { $0.reached(options.changes + 3) + $0.lost >= subscribers }
        let judge = CrowdJudge(await crowd.finish(), dialect: .nchan)
        report.notes.append("an event has \(judge.eventSize) bytes")
        report.checks += judge.checks(endings: false, completeness: true)
        try await bench.stop(nchan)
        return figures(broadcast, judge.delays(Self.nchanLead..<Self.nchanLead + options.changes))
    }

    /// Opens all streams at once, and reads the memory before and after, when all is quiet.
    private func gather(
        _ crowd: Crowd, port: Int, request: [UInt8], gauge: ProcessGroupGauge, count: Int
    ) async throws -> Broadcast {
        var broadcast = Broadcast()
        let before = try await gauge.settledMemory()
        let began = Moment.now()
        crowd.open((0..<count).map { Crowd.Opening(port: port, request: request, tag: $0) })
        try await crowd.wait("every stream has its first event") { $0.served + $0.lost >= count }
        broadcast.seconds = Double(crowd.progress.lastServed.since(began)) / 1e6
        broadcast.memory = try await (gauge.settledMemory() - before) / count
        return broadcast
    }

    /// Measures the processor time from when all have seen `lead` events until they have seen `changes` more.
    private func follow(
        _ crowd: Crowd, _ broadcast: inout Broadcast, from lead: Int, gauge: ProcessGroupGauge, options: StreamsOptions
    ) async throws {
        let (subscribers, changes) = (options.subscribers, options.changes)
        try await crowd.wait("everybody is shown \(lead) events") { $0.reached(lead) + $0.lost >= subscribers }
        let (server, client, events) = (try gauge.cpuSeconds(), try ProcessGauge.ownProcess.cpuSeconds(), crowd.progress.events)
        try await crowd.wait("everybody is shown \(changes) changes", patience: .seconds(120 + changes * options.pause / 1000)) {
            $0.reached(lead + changes) + $0.lost >= subscribers
        }
        broadcast.processor = try gauge.cpuSeconds() - server
        broadcast.clientProcessor = try ProcessGauge.ownProcess.cpuSeconds() - client
        broadcast.events = crowd.progress.events - events
    }

    private func figures(_ broadcast: Broadcast, _ delays: Percentiles) -> [StreamFigure: Double] {
        let events = Double(broadcast.events)
        return [
            .storm: broadcast.seconds,
            .idleShared: broadcast.memory.resident,
            .idleSharedPSS: broadcast.memory.proportional,
            .broadcastProcessor: broadcast.processor * 1e6 / events,
            .broadcastClient: broadcast.clientProcessor * 1e6 / events,
            .broadcastMedian: delays.median,
            .broadcastTail: delays.value(at: 0.99)
        ]
    }
}
