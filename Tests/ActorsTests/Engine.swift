import Knowledge
import Logging
import Persistence
import ServiceLifecycle
import Synchronization
import Testing

@testable import Actors

/// A supervisor on a store in memory, with an extractor that a test scripts by what an episode says:
/// `hold` waits until the test lets go, `stuck` does so even when it is cancelled, `fail` fails for good, `flaky N` fails N times, `limited` is
/// refused while the provider is busy, anything else names its words.
final class Engine: Sendable {
    let store: any Store
    /// One outlet for each transcript that a test takes.
    let hub = ProgressHub(outlets: 64)
    private let outletsTaken = Atomic(0)
    let extractor = ScriptedExtractor()
    let supervisor: IngestionSupervisor
    private let group: ServiceGroup

    init(
        _ store: any Store = InMemoryStore(), workers: Int = 8, grace: Duration = .seconds(60), chores: [TaskType: any Chore] = [:],
        clock: any Clock<Duration> = InstantClock(), tune: (inout IngestionSupervisor.Tuning) -> Void = { _ in }
    ) {
        self.store = store
        var surroundings = TaskActor.Surroundings(store: store, hub: hub, extractor: extractor, logger: Logger(label: "test"))
        surroundings.clock = clock
        surroundings.makeRandom = { HighestRandom() }
        surroundings.chores = chores
        var configuration = IngestionSupervisor.Configuration()
        configuration.tuning.workers = workers
        // Longer than what an instant clock skips.
        configuration.tuning.deadlines.grace = .seconds(60)
        tune(&configuration.tuning)
        configuration.grace = grace
        supervisor = IngestionSupervisor(surroundings, configuration: configuration)
        group = ServiceGroup(services: [supervisor], logger: Logger(label: "test"))
    }

    /// Runs the engine while `body` does, then shuts it down in good order.
    func run(_ body: () async throws -> Void) async throws {
        // As the server does before it shows anybody a task: an import that is begun meanwhile would be taken for one that was left behind.
        try await supervisor.recover()
        let running = Task { try await group.run() }
        do {
            try await body()
        } catch {
            extractor.release()
            await group.triggerGracefulShutdown()
            try await running.value
            throw error
        }
        await group.triggerGracefulShutdown()
        try await running.value
    }

    func submit(_ content: String, priority: TaskPriority = .interactive, project: ProjectNumber? = nil) async throws -> Identifier {
        var random = SystemRandomNumberGenerator()
        let number: ProjectNumber
        if let project { number = project } else { number = try await store.defaultProject().number }
        let submission = Submission(
            memoryID: Identifier(milliseconds: 1, random: &random), taskID: Identifier(milliseconds: 1, random: &random), project: number,
            episode: Episode(content: content), authorID: "test", priority: priority, at: TimeSource.system.now())
        _ = try await store.accept(submission)
        supervisor.accepted(Lane(project: number, priority: priority))
        return submission.taskID
    }

    /// Follows a task as a stream does, until `isWanted` holds of what is shown.
    @discardableResult
    func transcript(of task: Identifier, until isWanted: (TaskUpdate) -> Bool = { $0.task.status.isTerminal }) async throws -> [TaskUpdate]
    {
        let number = outletsTaken.add(1, ordering: .relaxed).oldValue
        let watcher = hub.outlets[number]
        var shown: [TaskUpdate] = []
        if let first = hub.watch(task, outlet: number) {
            shown.append(first)
        } else if let stored = try await store.task(id: task) {
            shown.append(TaskUpdate(stored: stored, epoch: store.epoch))
        }
        if let last = shown.last, isWanted(last) { return shown }
        for await _ in watcher.arrivals {
            for update in watcher.take() where shown.last.map({ $0.id < update.id }) ?? true { shown.append(update) }
            if let last = shown.last, isWanted(last) || last.task.status.isTerminal { return shown }
        }
        return shown
    }
}

/// Sleeps return at once, so that back-offs cost nothing; but what sleeps for long (a grace) is never over.
struct InstantClock: Clock {
    typealias Instant = ContinuousClock.Instant

    var now: Instant { ContinuousClock.now }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        if deadline - .now > .seconds(30) {
            try await ContinuousClock().sleep(until: deadline)
        } else {
            await Task.yield()
        }
    }
}

/// Makes every jitter the longest that it can be.
struct HighestRandom: RandomNumberGenerator {
    mutating func next() -> UInt64 { .max }
}

final class ScriptedExtractor: Extractor {
    private struct State {
        var isReleased = false
        var holding: [Int: CheckedContinuation<Void, any Error>] = [:]
        var holds = 0
        var failures: [String: Int] = [:]
        var cancelled = 0
        var order: [String] = []
        var stuck: [CheckedContinuation<Void, Never>] = []
        var refusal: Duration?
        var isDear = false
    }

    private let state = Mutex(State())

    var cancellations: Int { state.withLock { $0.cancelled } }
    /// The contents in the order in which their extraction began.
    var order: [String] { state.withLock { $0.order } }

    /// Lets go of everything that holds, now and later.
    func release() {
        let (holding, stuck) = state.withLock { state in
            state.isReleased = true
            defer { (state.holding, state.stuck) = ([:], []) }
            return (state.holding.values, state.stuck)
        }
        for continuation in holding { continuation.resume() }
        for continuation in stuck { continuation.resume() }
    }

    var isDear: Bool { state.withLock { $0.isDear } }

    /// What it finds is kept from now on.
    func becomeDear() {
        state.withLock { $0.isDear = true }
    }

    /// From now on the provider refuses requests and asks to wait for so long; `nil`: it takes them.
    func refuse(for pause: Duration?) {
        state.withLock { $0.refusal = pause }
    }

    func extract(_ episode: Episode, progress: @Sendable (Int, Int) async -> Void) async throws -> Extraction {
        state.withLock { $0.order.append(episode.content) }
        let words = episode.content.split(separator: " ").map(String.init)
        switch words.first {
        case "hold":
            do {
                try await hold()
            } catch {
                state.withLock { $0.cancelled += 1 }
                throw error
            }
        case "stuck":
            await withCheckedContinuation { continuation in
                let isReleased = state.withLock { state in
                    if !state.isReleased { state.stuck.append(continuation) }
                    return state.isReleased
                }
                if isReleased { continuation.resume() }
            }
        case "limited":
            if let refusal = state.withLock({ $0.refusal }) {
                throw ExtractionError("The provider takes no more requests.", .rateLimited(retryAfter: refusal))
            }
        case "fail":
            throw ExtractionError("It was asked to fail.", .permanent)
        case "flaky":
            let failures = state.withLock { state in
                state.failures[episode.content, default: 0] += 1
                return state.failures[episode.content, default: 0]
            }
            if failures <= Int(words[1]) ?? 0 { throw ExtractionError("It was asked to fail \(words[1]) times.", .retryable) }
        case "parts":
            for part in 1...3 { await progress(part, 3) }
        default:
            break
        }
        let entities = words.map { ExtractedEntity(name: $0, type: "Topic") }
        let relationships = words.indices.dropFirst().map {
            ExtractedRelationship(source: 0, target: $0, type: "NAMES", fact: episode.content)
        }
        return Extraction(entities: entities, relationships: relationships)
    }

    private func hold() async throws {
        let number = state.withLock { state in
            state.holds += 1
            return state.holds
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isFree = state.withLock { state in
                    if state.isReleased || Task.isCancelled { return true }
                    state.holding[number] = continuation
                    return false
                }
                if isFree { continuation.resume() }
            }
            try Task.checkCancellation()
        } onCancel: {
            state.withLock { $0.holding.removeValue(forKey: number) }?.resume(throwing: CancellationError())
        }
    }
}
