/// Durable posts a second while nobody and while everybody is connected: without, with, without again.
struct PostsScenario: StreamScenario {
    func measureEngram(_ report: inout ScenarioReport, on bench: StreamBench) async throws -> [StreamFigure: Double] {
        let options = bench.options
        // The posts' connections are files of this process, too.
        let count = min(options.subscribers, bench.fileLimit - 300)
        let engram = try await bench.startEngram(parts: 1, delay: "1ms")
        let memory = try await engram.server.client.post(memory: bench.texts.next())
        let before = try await rate(engram, &report, on: bench)
        let crowd = try Crowd()
        let request = engram.subscription(to: memory)
        crowd.open((0..<count).map { Crowd.Opening(port: engram.port, request: request, tag: $0) })
        try await crowd.wait("every stream has its first event") { $0.served + $0.lost >= count }
        let beside = try await rate(engram, &report, on: bench)
        let record = await crowd.finish()
        report.checks += CrowdJudge(record, dialect: .engram).checks(endings: false, completeness: false)
        // Until the server has noticed that all are gone.
        _ = try await engram.gauge.settledMemory()
        let after = try await rate(engram, &report, on: bench)
        try await bench.stop(engram.server, &report)
        report.notes.append(
            "\(count) streams; without them \(ReportTable.format(before))/s before and \(ReportTable.format(after))/s after")
        let alone = (before + after) / 2
        return [.postsAlone: alone, .postsBeside: beside, .postsShare: beside / alone]
    }

    /// Posts a second, after a second of warm-up.
    private func rate(_ engram: EngramStreams, _ report: inout ScenarioReport, on bench: StreamBench) async throws -> Double {
        let hammer = try await Hammer(address: engram.server.address, connections: 64, texts: bench.texts)
        hammer.begin()
        try await Task.sleep(for: .seconds(1))
        let (first, began) = (hammer.tally.accepted, ContinuousClock.now)
        try await Task.sleep(for: .seconds(bench.options.seconds))
        let (last, seconds) = (hammer.tally.accepted, (ContinuousClock.now - began).seconds)
        await hammer.stop()
        hammer.close()
        report.checks += hammer.tally.checks(pushBackAllowed: false)
        return Double(last - first) / seconds
    }
}
