/// Many changes back to back, shown to a thousand subscribers: how many are delivered a second, and how many are passed over.
struct BurstScenario: StreamScenario {
    let hasPeer = true

    /// Changes of a task besides its parts: start, load_schema, extract, sync_schema, update_communities, completed.
    private static let otherChanges = 6

    func measureEngram(_ report: inout ScenarioReport, on bench: StreamBench) async throws -> [StreamFigure: Double] {
        let (count, parts) = (bench.options.listeners, bench.options.parts)
        try bench.demand(sockets: count)
        let engram = try await bench.startEngram(parts: parts, delay: "0ms")
        let memory = try await engram.server.client.post(memory: bench.texts.next())
        let crowd = try Crowd()
        let request = engram.subscription(to: memory)
        crowd.open((0..<count).map { Crowd.Opening(port: engram.port, request: request, tag: $0) })
        try await crowd.wait("every stream has its first event") { $0.served + $0.lost >= count }
        let before = try engram.gauge.cpuSeconds()
        try engram.set(workers: 1)
        try await crowd.wait("all streams end") { $0.ended + $0.lost >= count }
        let processor = try engram.gauge.cpuSeconds() - before
        let last = crowd.progress.lastArrival
        let judge = CrowdJudge(await crowd.finish(), dialect: .engram)
        bench.eventSize = judge.eventSize
        report.checks += judge.checks(endings: true, completeness: false)
        let changes = parts + Self.otherChanges
        report.notes.append(
            "\(judge.record.events.count - 1) of \(changes) changes came to anybody; "
                + "of those, \(judge.missing) deliveries were passed over at single connections")
        try await bench.stop(engram.server, &report)
        return figures(judge, changes: changes, processor: processor, last: last)
    }

    func measureNchan(_ report: inout ScenarioReport, on bench: StreamBench) async throws -> [StreamFigure: Double] {
        let (count, changes) = (bench.options.listeners, bench.options.parts + Self.otherChanges)
        let nchan = try await bench.startNchan()
        let publisher = try await NchanPublisher.open(to: nchan, eventSize: bench.eventSize)
        publisher.publish()
        try await publisher.settle()
        let crowd = try Crowd()
        let request = nchan.subscription(to: 0)
        crowd.open((0..<count).map { Crowd.Opening(port: nchan.address.port, request: request, tag: $0) })
        try await crowd.wait("every stream has its first event") { $0.served + $0.lost >= count }
        let before = try nchan.gauge.cpuSeconds()
        for _ in 0..<changes { publisher.publish() }
        try await publisher.settle()
        try await crowd.wait("everybody has every message") { $0.reached(changes + 1) + $0.lost >= count }
        let processor = try nchan.gauge.cpuSeconds() - before
        let last = crowd.progress.lastArrival
        publisher.close()
        let judge = CrowdJudge(await crowd.finish(), dialect: .nchan)
        report.checks += judge.checks(endings: false, completeness: true)
        try await bench.stop(nchan)
        return figures(judge, changes: changes, processor: processor, last: last)
    }

    private func figures(_ judge: CrowdJudge, changes: Int, processor: Double, last: Moment) -> [StreamFigure: Double] {
        let streams = judge.record.streams
        let deliveries = Double(streams.reduce(0) { $0 + max(0, $1.arrivals.count - 1) })
        let seconds = Double(last.microseconds - judge.firstChange) / 1e6
        return [
            .burstRate: deliveries / seconds,
            .burstProcessor: processor * 1e6 / deliveries,
            .burstShown: deliveries * 100 / Double(changes * streams.count)
        ]
    }
}
