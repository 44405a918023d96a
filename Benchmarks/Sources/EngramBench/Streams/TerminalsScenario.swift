/// Whether every ending arrives: rounds of tasks with many subscribers each, all of which run at once and end together.
///
/// A connection whose stream has ended asks for the next round's.
struct TerminalsScenario: StreamScenario {
    private static let tasks = 190

    func measureEngram(_ report: inout ScenarioReport, on bench: StreamBench) async throws -> [StreamFigure: Double] {
        let options = bench.options
        try bench.demand(sockets: options.subscribers)
        let rounds = (options.endings + options.subscribers - 1) / options.subscribers
        let engram = try await bench.startEngram(parts: 1, delay: "20ms")
        let crowd = try Crowd()
        let began = ContinuousClock.now
        for round in 0..<rounds {
            var requests: [[UInt8]] = []
            for _ in 0..<Self.tasks {
                requests.append(engram.subscription(to: try await engram.server.client.post(memory: bench.texts.next())))
            }
            let openings = (0..<options.subscribers).map {
                Crowd.Opening(port: engram.port, request: requests[$0 % Self.tasks], tag: round * options.subscribers + $0)
            }
            if round == 0 { crowd.open(openings) } else { crowd.again(openings) }
            try await crowd.wait("every stream of round \(round) has its first event") {
                $0.round == round && $0.served + $0.lost >= options.subscribers
            }
            try engram.set(workers: Self.tasks)
            try await crowd.wait("every stream of round \(round) ends") { $0.ended + $0.lost >= options.subscribers }
            try engram.set(workers: 0)
        }
        let seconds = (ContinuousClock.now - began).seconds
        let judge = CrowdJudge(await crowd.finish(), dialect: .engram)
        report.checks += judge.checks(endings: true, completeness: false)
        report.notes.append(
            "\(rounds) rounds of \(Self.tasks) tasks with \(options.subscribers) subscribers in \(ReportTable.format(seconds)) s; "
                + "\(judge.missing) other changes were conflated away")
        try await bench.stop(engram.server, &report)
        let had = rounds * options.subscribers
        return [.endings: Double(had), .endingsDropped: Double(had - judge.endings)]
    }
}
