import Knowledge
import Persistence
import Synchronization
import Testing

@testable import Actors

/// What tasks do while they wait: for another attempt, for the provider, for an extractor that says nothing.
@Suite struct WaitingTests {
    private let clock = ManualClock()

    private func other(in engine: Engine) async throws -> ProjectNumber {
        try await engine.store.createProject(
            id: engine.store.numbering.identifier(), name: "other", description: nil, at: TimeSource.system.now()
        ).number
    }

    @Test(.timeLimit(.minutes(1))) func whoWaitsForAnotherAttemptHoldsNoWorker() async throws {
        let engine = Engine(workers: 1, clock: clock)
        try await engine.run {
            let flaky = try await engine.submit("flaky 1")
            await clock.sleeper(for: .seconds(1))
            let next = try await engine.submit("next", project: other(in: engine))
            #expect(try await engine.transcript(of: next).last?.task.status == .completed)
            clock.advance(by: .seconds(1))
            let last = try #require(try await engine.transcript(of: flaky).last?.task)
            #expect(last.status == .completed && last.attempt == 2)
            #expect(last.timeline.first { $0.error != nil }?.error == "It was asked to fail 1 times.")
        }
    }

    @Test(.timeLimit(.minutes(1))) func aHeadThatKeepsFailingFailsVisiblyAndTheLaneGoesOn() async throws {
        let engine = Engine(clock: clock)
        try await engine.run {
            let head = try await engine.submit("flaky 9")
            let next = try await engine.submit("next")
            for pause in [1, 2, 4, 8] {
                await clock.sleeper(for: .seconds(pause))
                #expect(engine.hub.running(next)?.task.status.isTerminal != true)
                clock.advance(by: .seconds(pause))
            }
            let last = try #require(try await engine.transcript(of: head).last?.task)
            #expect(last.status == .failed && last.attempt == 5 && last.error == "It was asked to fail 9 times.")
            #expect(try await engine.transcript(of: next).last?.task.status == .completed)
        }
    }

    @Test(.timeLimit(.minutes(1))) func anExtractorThatSaysNothingIsCancelledAndTriedAgain() async throws {
        let engine = Engine(clock: clock)
        try await engine.run {
            let task = try await engine.submit("hold on")
            await clock.sleeper(for: .seconds(120))
            async let shown = engine.transcript(of: task) { $0.task.message.hasPrefix("Waiting to try again") }
            clock.advance(by: .seconds(120))
            #expect(try await shown.last?.task.message == "Waiting to try again: The extractor reported nothing for 120 s.")
            #expect(engine.extractor.cancellations == 1)
            await clock.sleeper(for: .seconds(1))
            engine.extractor.release()
            clock.advance(by: .seconds(1))
            let last = try #require(try await engine.transcript(of: task).last?.task)
            #expect(last.status == .completed && last.attempt == 2)
            #expect(last.timeline.first { $0.stage == "extract" }?.error == "The extractor reported nothing for 120 s.")
        }
    }

    @Test(.timeLimit(.minutes(1))) func anExtractorThatIgnoresItsCancellationIsLeftAloneAndItsWorkerIsNotGivenAway() async throws {
        let engine = Engine(workers: 1, clock: clock) { tuning in
            tuning.deadlines.grace = .seconds(5)
            tuning.retry.timedOut.attempts = 1
        }
        try await engine.run {
            let stuck = try await engine.submit("stuck")
            await clock.sleeper(for: .seconds(120))
            clock.advance(by: .seconds(120))
            await clock.sleeper(for: .seconds(5))
            clock.advance(by: .seconds(5))
            let last = try #require(try await engine.transcript(of: stuck).last?.task)
            #expect(last.status == .failed && last.error == "The extractor reported nothing for 120 s.")
            let next = try await engine.submit("next")
            #expect(await engine.supervisor.scheduler.working == 1)
            #expect(engine.extractor.order == ["stuck"])
            engine.extractor.release()
            #expect(try await engine.transcript(of: next).last?.task.status == .completed)
            #expect(await engine.supervisor.strays == 0)
        }
    }

    @Test(.timeLimit(.minutes(1))) func aRateLimitPausesEverybodyWithoutWorkersOrAttempts() async throws {
        // The jitter is a tenth of what the provider asks for: 3 s.
        let engine = Engine(workers: 2, clock: clock) { $0.retry.rateLimited.base = .seconds(3) }
        let project = try await other(in: engine)
        engine.extractor.refuse(for: .seconds(30))
        try await engine.run {
            var tasks = [try await engine.submit("limited")]
            await clock.sleeper(for: .seconds(33))
            for number in 0..<5 { tasks.append(try await engine.submit("limited \(number)", project: project)) }
            for calls in 2...4 {
                #expect(engine.extractor.order.count == calls - 1, "one asks for all")
                clock.advance(by: .seconds(33))
                await clock.sleeper(for: .seconds(33))
            }
            #expect(engine.extractor.order.count == 4)
            engine.extractor.refuse(for: nil)
            let time = Task { [clock] in
                while !Task.isCancelled {
                    clock.advance(by: .seconds(1))
                    await Task.yield()
                }
            }
            var attempts = 0
            for task in tasks {
                let last = try #require(try await engine.transcript(of: task).last?.task)
                #expect(last.status == .completed)
                attempts += last.attempt
            }
            time.cancel()
            #expect(attempts == tasks.count + 4, "who did not ask has lost no attempt")
        }
    }

    @Test(.timeLimit(.minutes(1))) func aFullDiskIsNotTheTasksFault() async throws {
        let store = FaultyStore(InMemoryStore())
        let engine = Engine(store, clock: clock)
        store.fullClaims.store(9, ordering: .relaxed)
        try await engine.run {
            let task = try await engine.submit("flaky 1")
            let time = Task { [clock] in
                while !Task.isCancelled {
                    clock.advance(by: .milliseconds(500))
                    await Task.yield()
                }
            }
            let last = try #require(try await engine.transcript(of: task).last?.task)
            time.cancel()
            #expect(last.status == .completed && last.attempt == 2)
        }
    }

    @Test(.timeLimit(.minutes(1))) func whatIsDamagedIsNotWaitedFor() async throws {
        let store = FaultyStore(InMemoryStore()) { _ in StoreError(.unreadable, "A stored contribution can't be read.") }
        let engine = Engine(store, clock: clock)
        try await engine.run {
            let last = try #require(try await engine.transcript(of: try await engine.submit("word")).last?.task)
            #expect(last.status == .failed && last.attempt == 1 && last.error == "A stored contribution can't be read.")
        }
    }
}
