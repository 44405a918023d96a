/// What an idle subscriber costs whose task has no other.
struct DistinctScenario: StreamScenario {
    let hasPeer = true

    func measureEngram(_ report: inout ScenarioReport, on bench: StreamBench) async throws -> [StreamFigure: Double] {
        let count = bench.options.subscribers
        try bench.demand(sockets: count)
        let engram = try await bench.startEngram(parts: 1, delay: "1ms")
        let hammer = try await Hammer(address: engram.server.address, connections: 64, texts: bench.texts)
        hammer.begin(count: count)
        await hammer.waitUntilQuiet()
        hammer.close()
        report.checks += hammer.tally.checks(pushBackAllowed: true)
        let requests = hammer.tally.taskIDs.map(engram.subscription(toTask:))
        let (memory, record) = try await measure(port: engram.port, requests: requests, gauge: engram.gauge)
        report.checks += CrowdJudge(record, dialect: .engram).checks(endings: false, completeness: false)
        report.checks.append(Check("a task for each stream", record.events.count == count, "\(record.events.count) different first events"))
        try await bench.stop(engram.server, &report)
        return [.idleDistinct: memory.resident, .idleDistinctPSS: memory.proportional]
    }

    func measureNchan(_ report: inout ScenarioReport, on bench: StreamBench) async throws -> [StreamFigure: Double] {
        let count = bench.options.subscribers
        let nchan = try await bench.startNchan()
        let publisher = try await NchanPublisher.open(to: nchan, eventSize: bench.eventSize)
        for channel in 0..<count {
            publisher.publish(to: channel)
            if channel % 500 == 499 { try await publisher.settle() }
        }
        try await publisher.settle()
        publisher.close()
        let (memory, record) = try await measure(
            port: nchan.address.port, requests: (0..<count).map(nchan.subscription), gauge: nchan.gauge)
        report.checks += CrowdJudge(record, dialect: .nchan).checks(endings: false, completeness: false)
        report.checks.append(Check("a channel for each stream", record.events.count == count, "\(record.events.count) different events"))
        try await bench.stop(nchan)
        return [.idleDistinct: memory.resident, .idleDistinctPSS: memory.proportional]
    }

    private func measure(port: Int, requests: [[UInt8]], gauge: ProcessGroupGauge) async throws -> (MemoryReading, CrowdRecord) {
        let before = try await gauge.settledMemory()
        let crowd = try Crowd()
        crowd.open(requests.enumerated().map { Crowd.Opening(port: port, request: $1, tag: $0) })
        try await crowd.wait("every stream has its first event") { $0.served + $0.lost >= requests.count }
        let memory = try await (gauge.settledMemory() - before) / requests.count
        return (memory, await crowd.finish())
    }
}
