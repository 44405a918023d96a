import Foundation

/// How well the server tells when tasks will be done: with a slow extractor on a few workers, and with the built-in one.
///
/// All memories are posted at once; then random tasks that have not ended are asked for, and a few streams are read beside. The error of a sample is
/// |`eta_seconds` − what was left| ÷ what was left. Samples count from the moment when 200 tasks had run, where at least 100 ms were left.
struct ExpectationScenario: Scenario {
    private static let settling = 200
    private static let shortest = 0.1
    private static let slow = [
        "--extractor", "paced", "--paced-delay", "20ms", "--paced-parts", "5", "--paced-failure-rate", "0", "--workers", "8"
    ]

    func measure(_ report: inout ScenarioReport, on workbench: Workbench) async throws {
        // The built-in extractor does the others' work of half a minute in one second, in which one hiccup of the machine is the whole error.
        for (name, arguments, factor) in [("paced", Self.slow, 1), ("built-in", [], 10)] {
            let tasks = factor * workbench.options.expected
            let server = try await workbench.start(arguments)
            let oracle = Oracle(server: server)
            try await oracle.question(tasks, workbench: workbench)
            let errors = Percentiles(oracle.errors)
            report.figures += [
                Figure("\(name): median relative error", errors.median * 100, "%", target: .atMost(25)),
                Figure("\(name): p90 relative error", errors.value(at: 0.9) * 100, "%"),
                Figure("\(name): median while waiting", Percentiles(oracle.errorsWaiting).median * 100, "%"),
                Figure("\(name): median while running", Percentiles(oracle.errorsRunning).median * 100, "%"),
                Figure("\(name): samples", Double(errors.count), ""),
                Figure("\(name): without an ETA", Double(oracle.untold), "")
            ]
            report.checks.append(
                Check("\(name): every task completed", oracle.completed == tasks, "\(oracle.completed)"))
            report.checks.append(
                Check("\(name): there were samples of waiting tasks", oracle.errorsWaiting.count >= 50, "\(oracle.errorsWaiting.count)"))
            report.checks.append(
                Check("\(name): positions never grew", oracle.setbacks == 0, "\(oracle.setbacks) of \(oracle.positions) did"))
            try await workbench.stop(server, &report)
        }
        report.notes.append("paced: 8 workers, 5 parts of 20 ms; built-in: default workers")
    }

    /// Asks when tasks will be done, and looks afterwards when they were.
    @ClientLoop
    private final class Oracle {
        private struct Sample {
            let task: String
            let at: Moment
            let eta: Double
            let isWaiting: Bool
        }

        private(set) var errorsWaiting: [Double] = []
        private(set) var errorsRunning: [Double] = []
        /// Answers without an ETA, once enough tasks had run.
        private(set) var untold = 0
        private(set) var completed = 0
        private(set) var positions = 0
        private(set) var setbacks = 0

        private let server: ServerProcess
        private var samples: [Sample] = []
        private var silences: [Moment] = []
        private var lastPosition: [String: Int] = [:]

        init(server: ServerProcess) {
            self.server = server
        }

        var errors: [Double] { errorsWaiting + errorsRunning }

        func question(_ count: Int, workbench: Workbench) async throws {
            let hammer = try await Hammer(address: server.address, connections: workbench.options.connections, texts: workbench.texts)
            hammer.begin(count: count)
            await hammer.waitUntilQuiet()
            hammer.close()
            let ids = hammer.tally.taskIDs
            var subscribers: [Subscriber] = []
            for id in ids.enumerated().filter({ $0.offset % max(1, count / 40) == 0 }).map(\.element) {
                let ticketless = "\(ServerAddress.base)/tasks/\(id)/stream"
                subscribers.append(try await Subscriber.open(ticketless, at: server.address, lifetime: .seconds(600), withKey: true))
            }
            try await ask(ids)
            for subscriber in subscribers {
                await subscriber.ended.wait()
                read(subscriber.recording)
            }
            try await judge(ids)
        }

        /// Asks for one random task after the other until all have ended.
        private func ask(_ ids: [String]) async throws {
            var random = SeededGenerator(seed: 1)
            var open = ids
            while let index = open.indices.randomElement(using: &random) {
                let answer = try await server.client.expectation(open[index])
                take(answer, at: .now())
                if answer.completedAt != nil {
                    open.swapAt(index, open.count - 1)
                    open.removeLast()
                }
                try await Task.sleep(for: .milliseconds(2))
            }
        }

        private func read(_ recording: StreamRecording) {
            for arrival in recording.arrivals {
                // What can't be read is the other scenarios' to find.
                guard let event = try? JSONDecoder().decode(ExpectationView.self, from: Data(arrival.event.data.utf8)) else { continue }
                if let position = event.queuePosition {
                    positions += 1
                    if position > lastPosition[event.id, default: .max] { setbacks += 1 }
                    lastPosition[event.id] = position
                }
                take(event, at: arrival.receivedAt)
            }
        }

        private func take(_ view: ExpectationView, at moment: Moment) {
            let status = view.status.lowercased()
            guard status == "pending" || status == "processing" else { return }
            if let eta = view.etaSeconds {
                samples.append(Sample(task: view.id, at: moment, eta: eta, isWaiting: status == "pending"))
            } else {
                silences.append(moment)
            }
        }

        private func judge(_ ids: [String]) async throws {
            var ends: [String: Moment] = [:]
            for id in ids {
                let task = try await server.client.expectation(id)
                if task.status == "Completed" { completed += 1 }
                ends[id] = task.completedAt.flatMap { Moment(rfc3339: $0) }
            }
            let order = ends.values.sorted()
            guard order.count > ExpectationScenario.settling else { return }
            let settled = order[ExpectationScenario.settling - 1]
            untold = silences.count { $0 >= settled }
            for sample in samples where sample.at >= settled {
                guard let end = ends[sample.task] else { continue }
                let left = Double(end.since(sample.at)) / 1e6
                guard left >= ExpectationScenario.shortest else { continue }
                let error = abs(sample.eta - left) / left
                if sample.isWaiting { errorsWaiting.append(error) } else { errorsRunning.append(error) }
            }
        }
    }
}
