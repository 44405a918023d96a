import ArgumentParser
import Foundation

struct StreamsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "streams",
        abstract: "Measures the event streams, beside nginx with nchan where that is installed, and prints one table.",
        discussion: "Exits with 1 if a verification fails or a scenario breaks off. A missed target is printed, no more.")

    @OptionGroup var options: StreamsOptions

    func run() async throws {
        Interruption.listen()
        let hasPassed: Bool
        do {
            hasPassed = try await measureAll()
        } catch let failure as BenchmarkFailure {
            throw ValidationError(failure.description)
        }
        if !hasPassed { throw ExitCode.failure }
    }

    @ClientLoop
    private func measureAll() async throws -> Bool {
        let bench = StreamBench(options: options, texts: Texts(Storyteller()), fileLimit: try FileLimit.raise())
        let watch = Task {
            while !Task.isCancelled {
                if Interruption.isRequested {
                    bench.abandon()
                    Foundation.exit(130)
                }
                try await Task.sleep(for: .milliseconds(200))
            }
        }
        defer { watch.cancel() }
        let machine = try Machine(scratch: options.server.scratch)
        var report = RunReport(startedAt: Date().formatted(.iso8601), arguments: CommandLine.arguments, machine: machine)
        print(ReportTable.heading(report))
        let hasNchan = NchanServer.isInstalled
        if !hasNchan { print("nchan is not installed: its column stays empty (scripts/packages.sh peers)") }

        let chosen = options.scenario.isEmpty ? StreamScenarioName.allCases : options.scenario
        var table = StreamTable()
        for name in StreamScenarioName.allCases where chosen.contains(name) {
            for run in 1...options.runs {
                let label = "\(name.rawValue), run \(run) of \(options.runs)"
                let ours = await measure(label + ": Engram", on: bench, cores: machine.cores, into: &report) {
                    try await name.scenario.measureEngram(&$0, on: bench)
                }
                table.note(engram: ours)
                guard hasNchan, name.scenario.hasPeer else { continue }
                let theirs = await measure(label + ": nchan", on: bench, cores: machine.cores, into: &report) {
                    try await name.scenario.measureNchan(&$0, on: bench)
                }
                table.note(nchan: theirs)
            }
            if let path = options.json { try write(report, table, to: path) }
        }
        print("\n\(options.subscribers) streams where it says \"all\"; medians of \(options.runs) runs, with their range\n")
        print(table.text + "\n")
        print(report.passed ? "all verifications passed" : "VERIFICATION FAILED")
        return report.passed
    }

    @ClientLoop
    private func measure(
        _ label: String, on bench: StreamBench, cores: Int, into report: inout RunReport,
        body: (inout ScenarioReport) async throws -> [StreamFigure: Double]
    ) async -> [StreamFigure: Double] {
        var scenario = ScenarioReport(named: label)
        var figures: [StreamFigure: Double] = [:]
        let (began, serverSeconds) = (ContinuousClock.now, bench.serverSeconds)
        do {
            let meter = try MachineLoad.Meter()
            do {
                figures = try await body(&scenario)
            } catch {
                scenario.failure = "\(error)"
            }
            await bench.clearUp(&scenario)
            await bench.clearUpPeers()
            scenario.load = try meter.finish(serverSeconds: bench.serverSeconds - serverSeconds, cores: cores)
        } catch {
            scenario.failure = scenario.failure ?? "\(error)"
        }
        for figure in StreamFigure.allCases {
            if let value = figures[figure] { scenario.figures.append(Figure(figure.title, value, "")) }
        }
        scenario.seconds = (ContinuousClock.now - began).seconds
        print(ReportTable.text(scenario))
        fflush(nil)
        report.scenarios.append(scenario)
        return figures
    }

    private struct Written: Encodable {
        let report: RunReport
        let table: StreamTable
    }

    private func write(_ report: RunReport, _ table: StreamTable, to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            try encoder.encode(Written(report: report, table: table)).write(to: URL(fileURLWithPath: path))
        } catch {
            throw BenchmarkFailure(.setup, "The report can't be written to \(path): \(error.localizedDescription)")
        }
    }
}
