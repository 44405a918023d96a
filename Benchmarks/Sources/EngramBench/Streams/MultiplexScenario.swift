/// Event streams over HTTP/2 and TLS, a hundred on each connection, all of one task.
struct MultiplexScenario: StreamScenario {
    func measureEngram(_ report: inout ScenarioReport, on bench: StreamBench) async throws -> [StreamFigure: Double] {
        let options = bench.options
        let (count, connections, changes) = (options.multiplexed, options.connections, options.multiplexedChanges)
        try bench.demand(sockets: connections)
        // One part before those that are measured, one after them: its neighbours would come at the same time.
        let engram = try await bench.startSecureEngram(parts: changes + 2, delay: "\(options.multiplexedPause)ms")
        let address = engram.server.address
        let memory = try await engram.server.client.post(memory: bench.texts.next())
        let block = FrameWriter.block(path: memory.streamURL, authority: "\(address.host):\(address.port)")
        let crowd = MultiplexedCrowd()

        let empty = try await engram.gauge.settledMemory()
        var began = ContinuousClock.now
        try await crowd.connect(connections, to: address)
        let connecting = (ContinuousClock.now - began).seconds
        let connected = try await engram.gauge.settledMemory()
        began = .now
        crowd.open(count, block)
        try await crowd.wait("every stream has its first event") { $0.served + $0.lost >= count }
        let opening = (ContinuousClock.now - began).seconds
        let quiet = try await engram.gauge.settledMemory()
        report.notes.append(
            "\(connections) connections in \(ReportTable.format(connecting)) s, \(count) streams on them in \(ReportTable.format(opening)) s; "
                + "the server had \(ReportTable.format(quiet.resident / 1024)) MiB RSS then, the client "
                + "\(ReportTable.format(try ProcessGauge.ownProcess.residentKilobytes() / 1024))")

        try engram.set(workers: 1)
        try await crowd.wait("everybody is shown the first part") { $0.deliveries(of: Self.part(1)) + $0.ended + $0.lost >= count }
        let (server, client, events) = (try engram.gauge.cpuSeconds(), try ProcessGauge.ownProcess.cpuSeconds(), crowd.tally.events)
        let patience = Duration.seconds(180 + changes * options.multiplexedPause / 1000)
        try await crowd.wait("everybody is shown \(changes) changes", patience: patience) {
            $0.deliveries(of: Self.part(changes + 1)) + $0.ended + $0.lost >= count
        }
        let spent = (
            server: try engram.gauge.cpuSeconds() - server, client: try ProcessGauge.ownProcess.cpuSeconds() - client,
            events: Double(crowd.tally.events - events)
        )
        try await crowd.wait("all streams end", patience: patience) { $0.ended + $0.lost >= count }

        let shown = (1...changes).map { crowd.tally.deliveries(of: Self.part($0 + 1)) }
        report.checks.append(Check("every measured change was shown to all", shown.allSatisfy { $0 == count }, "\(shown)"))
        let judge = CrowdJudge(crowd.finish(), dialect: .engram)
        report.checks += judge.checks(endings: true, completeness: false)
        report.notes.append("an event has \(judge.eventSize) bytes; \(judge.missing) other changes were conflated away")
        let delays = judge.delays(ofEventsWith: (1...changes).map { Self.part($0 + 1) })
        try await bench.stop(engram.server, &report)
        return [
            .multiplexed: Double(count),
            .multiplexedConnections: Double(connections),
            .multiplexedPerConnection: Double(count) / Double(connections),
            .multiplexedStorm: connecting + opening,
            .multiplexedConnectionMemory: (connected - empty).resident / Double(connections),
            .multiplexedMemory: (quiet - connected).resident / Double(count),
            .multiplexedProcessor: spent.server * 1e6 / spent.events,
            .multiplexedClient: spent.client * 1e6 / spent.events,
            .multiplexedMedian: delays.median,
            .multiplexedTail: delays.value(at: 0.99),
            .multiplexedLongest: delays.highest,
            .multiplexedDropped: Double(count - judge.endings)
        ]
    }

    /// What is in a paced part's event and in no other.
    private static func part(_ number: Int) -> String { "(\(number) of " }
}
