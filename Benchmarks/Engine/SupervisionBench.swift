import Actors
import ArgumentParser
import Foundation
import Knowledge
import Logging
import Persistence
import ServiceLifecycle

/// What supervision alone costs: tasks whose stages have nothing to do, on a store in memory, watched by nobody.
struct SupervisionBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "supervision", abstract: "Runs tasks with empty stages on a store in memory.",
        discussion: "The time is the process's, from the start of the supervisor until the last task has ended; accepting is not in it.")

    @Option(help: "Tasks in all.")
    var tasks = 50_000

    @Option(help: "Projects that they are spread over.")
    var projects = 1

    @Option(help: "Workers.")
    var workers = 64

    @Option(help: "Runs.")
    var runs = 3

    /// Finds nothing, at once.
    private struct EmptyExtractor: Extractor {
        func extract(_ episode: Episode, progress: @Sendable (Int, Int) async -> Void) async throws -> Extraction { Extraction() }
    }

    func run() async throws {
        for _ in 1...runs { try await measure() }
    }

    private func measure() async throws {
        let store = InMemoryStore()
        var logger = Logger(label: "bench")
        logger.logLevel = .critical
        let time = TimeSource.system
        for number in 0..<projects {
            let project = try await store.createProject(
                id: store.numbering.identifier(), name: "\(number)", description: nil, at: time.now())
            for _ in 0..<(tasks / projects) {
                _ = try await store.accept(
                    Submission(
                        memoryID: store.numbering.identifier(), taskID: store.numbering.identifier(), project: project.number,
                        episode: Episode(content: "x"), authorID: "bench", at: time.now()))
            }
        }
        var configuration = IngestionSupervisor.Configuration()
        configuration.tuning.workers = workers
        let supervisor = IngestionSupervisor(
            TaskActor.Surroundings(store: store, hub: ProgressHub(outlets: 1), extractor: EmptyExtractor(), logger: logger),
            configuration: configuration)
        let group = ServiceGroup(services: [supervisor], logger: logger)
        let clock = ContinuousClock()
        let (began, cpu) = (clock.now, Self.processorTime())
        let running = Task { try await group.run() }
        var completed = 0
        while completed < tasks / projects * projects {
            try await Task.sleep(for: .milliseconds(200))
            let statistics = try await store.statistics(since: Timestamp(microseconds: 0), now: time.now(), projects: nil)
            completed = statistics.counts[.completed] ?? 0
            guard statistics.counts[.failed] ?? 0 == 0 else { throw ValidationError("A task failed.") }
        }
        let seconds = Self.processorTime() - cpu
        let elapsed = clock.now - began
        await group.triggerGracefulShutdown()
        try await running.value
        let each = (seconds * 1e6 / Double(completed) * 10).rounded() / 10
        print("supervision: \(completed) tasks, \(projects) projects, \(workers) workers: \(each) µs CPU each, \(elapsed)")
    }

    private static func processorTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
