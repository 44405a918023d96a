/// How long a server with much in its store takes until it is ready again.
struct RestartScenario: Scenario {
    private static let rounds = 3

    func measure(_ report: inout ScenarioReport, on workbench: Workbench) async throws {
        let stock = try await stock(&report, on: workbench)
        workbench.stock = nil
        var startups: [Double] = []
        var memory: [Double] = []
        var completed = 0
        for _ in 0..<Self.rounds {
            let server = try await workbench.start([], in: stock.directory)
            startups.append(server.startup.seconds)
            memory.append(try server.gauge.residentKilobytes() / 1024)
            let stats = try await server.client.taskStats()
            let total = try await server.client.memoryTotal()
            report.checks.append(
                Check(
                    "totals survive",
                    total == stock.memories && stats.total == stock.memories && stats.spoilt == 0
                        && stats.completed >= completed,
                    "\(total) memories of \(stock.memories), tasks: \(stats)"))
            completed = stats.completed
            // Between rounds the folder has to stay.
            workbench.stock = stock
            try await workbench.stop(server, &report)
            workbench.stock = nil
        }
        workbench.discard(stock.directory)
        let times = Percentiles(startups)
        report.figures = [
            Figure("start → ready, longest of \(Self.rounds)", times.highest, "s", target: .atMost(2)),
            Figure("start → ready, median", times.median, "s"),
            Figure("stored memories", Double(stock.memories), ""),
            Figure("server RSS when ready", Percentiles(memory).highest, "MB")
        ]
        report.notes.append("the disk's pages are in memory: this is no start after a reboot")
    }

    /// What `growth` stored, all of it ingested, or as much accepted now, all of it pending.
    private func stock(_ report: inout ScenarioReport, on workbench: Workbench) async throws -> Workbench.Stock {
        if let stock = workbench.stock {
            report.notes.append("the store is growth's: every task completed")
            return stock
        }
        let server = try await workbench.start(["--workers", "0"])
        let hammer = try await Hammer(
            address: server.address, connections: workbench.options.connections, texts: workbench.texts)
        hammer.begin(count: workbench.options.stored)
        await hammer.waitUntilQuiet()
        hammer.close()
        report.checks += hammer.tally.checks(pushBackAllowed: true)
        report.notes.append("the store was filled with --workers 0: every task pending at the first start, ingested from then on")
        let stock = Workbench.Stock(directory: server.directory, memories: hammer.tally.accepted)
        workbench.stock = stock
        try await workbench.stop(server, &report)
        return stock
    }
}
