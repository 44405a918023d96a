import ArgumentParser
import Foundation

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Starts the server for each scenario, measures, verifies, and ends it.",
        discussion: "Exits with 1 if a verification fails or a scenario breaks off. A missed target is printed, no more.")

    @OptionGroup var options: RunOptions

    func run() async throws {
        Interruption.listen()
        let report: RunReport
        do {
            report = try await runScenarios()
        } catch let failure as BenchmarkFailure {
            throw ValidationError(failure.description)
        }
        if !report.passed { throw ExitCode.failure }
    }

    @ClientLoop
    private func runScenarios() async throws -> RunReport {
        let source: any EpisodeSource = try options.corpus.map { try CorpusFile(path: $0) } ?? Storyteller()
        let workbench = Workbench(options: options, texts: Texts(source), fileLimit: try FileLimit.raise())
        let watch = Task {
            while !Task.isCancelled {
                if Interruption.isRequested {
                    workbench.abandon()
                    Foundation.exit(130)
                }
                try await Task.sleep(for: .milliseconds(200))
            }
        }
        defer { watch.cancel() }

        let machine = try Machine(scratch: options.server.scratch)
        let startedAt = Date().formatted(.iso8601)
        var report = RunReport(startedAt: startedAt, arguments: CommandLine.arguments, machine: machine)
        print(ReportTable.heading(report))
        let chosen = options.scenario.isEmpty ? ScenarioName.allCases : options.scenario
        for name in ScenarioName.allCases where chosen.contains(name) {
            let scenario = await measure(name, on: workbench, cores: machine.cores)
            print(ReportTable.text(scenario))
            fflush(nil)
            report.scenarios.append(scenario)
            report.texts = workbench.texts.origin
            // Written after each scenario: hours of a long run are not lost with its end.
            if let path = options.json { try write(report, to: path) }
        }
        if let stock = workbench.stock { workbench.discard(stock.directory) }
        print("\ntexts: \(report.texts)\n" + (report.passed ? "all verifications passed" : "VERIFICATION FAILED"))
        return report
    }

    @ClientLoop
    private func measure(_ name: ScenarioName, on workbench: Workbench, cores: Int) async -> ScenarioReport {
        var report = ScenarioReport(name)
        let began = ContinuousClock.now
        let serverSeconds = workbench.serverSeconds
        do {
            let meter = try MachineLoad.Meter()
            do {
                try await name.scenario.measure(&report, on: workbench)
            } catch {
                report.failure = "\(error)"
            }
            await workbench.clearUp(&report)
            report.load = try meter.finish(serverSeconds: workbench.serverSeconds - serverSeconds, cores: cores)
        } catch {
            report.failure = report.failure ?? "\(error)"
        }
        report.seconds = (ContinuousClock.now - began).seconds
        return report
    }

    private func write(_ report: RunReport, to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            try encoder.encode(report).write(to: URL(fileURLWithPath: path))
        } catch {
            throw BenchmarkFailure(.setup, "The report can't be written to \(path): \(error.localizedDescription)")
        }
    }
}
