/// Durable `POST /memories/` per second: nothing is ingested meanwhile.
struct AcceptScenario: Scenario {
    private static let warmUp = Duration.seconds(2)

    func measure(_ report: inout ScenarioReport, on workbench: Workbench) async throws {
        let options = workbench.options
        let server = try await workbench.start(["--workers", "0"])
        let hammer = try await Hammer(address: server.address, connections: options.connections, texts: workbench.texts)
        let clock = ContinuousClock()

        hammer.begin()
        try await Task.sleep(for: Self.warmUp)
        if options.count != nil { await hammer.stop() }
        let first = hammer.tally.latencies.count
        let cpuBefore = try server.gauge.cpuSeconds()
        let clientBefore = try ProcessGauge.ownProcess.cpuSeconds()
        let began = clock.now
        if let count = options.count {
            hammer.begin(count: count)
            await hammer.waitUntilQuiet()
        } else {
            try await Task.sleep(for: .seconds(options.seconds))
        }
        let last = hammer.tally.latencies.count
        let seconds = (clock.now - began).seconds
        let cpu = try server.gauge.cpuSeconds() - cpuBefore
        let clientCPU = try ProcessGauge.ownProcess.cpuSeconds() - clientBefore
        await hammer.stop()
        hammer.close()

        let measured = Double(last - first)
        let latencies = Percentiles(Array(hammer.tally.latencies[first..<last]))
        report.figures = [
            Figure("accepted", measured / seconds, "/s", target: .atLeast(5000)),
            Figure("latency p50", latencies.median / 1000, "ms"),
            Figure("latency p99", latencies.value(at: 0.99) / 1000, "ms"),
            Figure("server CPU per accept", cpu * 1e6 / measured, "µs"),
            Figure("client CPU per accept", clientCPU * 1e6 / measured, "µs"),
            Figure("measured", seconds, "s"),
            Figure("server RSS afterwards", try server.gauge.residentKilobytes() / 1024, "MB")
        ]
        report.checks += hammer.tally.checks(pushBackAllowed: false)
        let total = try await server.client.memoryTotal()
        let accepted = hammer.tally.accepted
        report.checks.append(
            Check("total of GET /memories/ = number of 201s", total == accepted, "\(total) of \(accepted)"))
        report.notes.append("\(options.connections) connections, closed loop")
        try await workbench.stop(server, &report)
    }
}
