import Knowledge
import Logging
import Persistence
import Synchronization
import Testing

@testable import Actors

/// One task by itself, with extractors that misbehave.
@Suite struct TaskActorTests {
    private let store = InMemoryStore()
    private let clock = ManualClock()
    private let hub = ProgressHub(outlets: 1)

    /// A worker desk that has enough of them.
    private struct OpenDesk: WorkerDesk {
        var whenLeft: @Sendable (TaskActor) async -> Void = { _ in }

        func leave(_ task: TaskActor) async { await whenLeft(task) }
        func waits(_ task: TaskActor) async {}
        func regain(_ task: TaskActor) async throws {}
        func leaveStray(_ task: TaskActor) async {}
        func strayReturned(_ lane: Lane) async {}
    }

    /// What an extractor does, by the number of its call.
    private final class Script: Extractor {
        typealias Call = @Sendable (_ number: Int, _ progress: @Sendable (Int, Int) async -> Void) async throws -> Void
        private let calls = Atomic(0)
        private let call: Call

        init(_ call: @escaping Call) { self.call = call }

        func extract(_ episode: Episode, progress: @Sendable (Int, Int) async -> Void) async throws -> Extraction {
            try await call(calls.add(1, ordering: .relaxed).newValue, progress)
            return Extraction()
        }
    }

    /// - Returns: a claimed task.
    private func task(_ call: @escaping Script.Call) async throws -> TaskActor {
        let project = try await store.defaultProject().number
        let now = TimeSource.system.now()
        _ = try await store.accept(
            Submission(
                memoryID: store.numbering.identifier(), taskID: store.numbering.identifier(), project: project,
                episode: Episode(content: "text"), authorID: "test", at: now))
        let claim = try #require(try await store.claim(Lane(project: project, priority: .interactive), limit: 1, at: now).first)
        let logger = Logger(label: "test")
        var surroundings = TaskActor.Surroundings(store: store, hub: hub, extractor: Script(call), logger: logger)
        surroundings.clock = clock
        surroundings.timer = DeadlineTimer(clock: clock)
        surroundings.makeRandom = { HighestRandom() }
        let graph = ProjectGraphActor(project: project, store: store, logger: logger)
        return TaskActor(claim, turn: 0, graph: graph, surroundings: surroundings)
    }

    @Test(.timeLimit(.minutes(1))) func aCancelIsHeededWhileTheWorkerIsGivenBack() async throws {
        let task = try await task { _, _ in throw ExtractionError("Not now.", .retryable) }
        let desk = OpenDesk { [store] task in
            guard let result = try? await store.cancel(id: task.id, at: TimeSource.system.now()) else { return }
            _ = await task.wasCancelled(result.task)
        }
        // Its pause would never be over: the clock stands still.
        #expect(await task.run(at: desk) == .ended)
        #expect(try await store.task(id: task.id)?.status == .cancelled)
    }

    @Test(.timeLimit(.minutes(1))) func whatIsHeardOfACallThatWasGivenUpIsNotHeardOfTheNext() async throws {
        let (signals, signal) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let (echoes, echo) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let forever = ManualClock()
        let task = try await task { number, progress in
            guard number == 1 else { return try await forever.sleep(for: .seconds(1)) }
            // Not the calling task, which is cancelled: who iterates there would be told at once.
            let ears = Task { for await _ in signals { return } }
            await ears.value
            await progress(1, 3)
            echo.yield()
        }
        let running = Task { await task.run(at: OpenDesk()) }
        await clock.sleeper(for: .seconds(120))
        clock.advance(by: .seconds(120))
        await clock.sleeper(for: .seconds(5))
        clock.advance(by: .seconds(5))
        await clock.sleeper(for: .seconds(1))
        clock.advance(by: .seconds(1))
        await forever.sleeper(for: .seconds(1))
        await clock.sleeper(for: .seconds(120))
        clock.advance(by: .seconds(119))
        signal.yield()
        for await _ in echoes { break }
        clock.advance(by: .seconds(1))
        await clock.sleeper(for: .seconds(2))
        let timeline = try #require(hub.running(task.id)?.task.timeline)
        #expect(timeline.map(\.error).filter { $0 == "The extractor reported nothing for 120 s." }.count == 2)
        #expect(timeline.allSatisfy { !($0.message.contains("1 of 3")) })
        running.cancel()
        guard case .interrupted = await running.value else {
            Issue.record("It was not interrupted.")
            return
        }
    }

    @Test(.timeLimit(.minutes(1))) func whatAnExtractorMakesOfItsCancellationIsNotTheReason() async throws {
        let forever = ManualClock()
        let task = try await task { _, _ in
            do {
                try await forever.sleep(for: .seconds(1))
            } catch {
                throw ExtractionError("The connection was closed.", .permanent)
            }
        }
        let running = Task { await task.run(at: OpenDesk()) }
        await clock.sleeper(for: .seconds(120))
        clock.advance(by: .seconds(120))
        await clock.sleeper(for: .seconds(1))
        #expect(hub.running(task.id)?.task.message == "Waiting to try again: The extractor reported nothing for 120 s.")
        running.cancel()
        _ = await running.value
    }
}
