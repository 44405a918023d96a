import Knowledge
import Persistence
import Synchronization
import Testing

@testable import Actors

/// A cancel ends a task at once, whatever it waits for, and its lane goes on. (The clock of these tests never moves by itself.)
@Suite struct CancelTests {
    private let clock = ManualClock()

    /// Cancels a task and checks that its stream, the store and its lane hear of it.
    private func cancel(_ task: Identifier, in engine: Engine, location: SourceLocation = #_sourceLocation) async throws {
        async let transcript = engine.transcript(of: task)
        let (cancelled, didCancel) = try await engine.supervisor.cancel(task)
        #expect(didCancel && cancelled.status == .cancelled, sourceLocation: location)
        #expect(try await engine.store.task(id: task)?.status == .cancelled, sourceLocation: location)
        #expect(try await transcript.last?.task.status == .cancelled, sourceLocation: location)
    }

    private func expectCompleted(_ task: Identifier, in engine: Engine, location: SourceLocation = #_sourceLocation) async throws {
        #expect(try await engine.transcript(of: task).last?.task.status == .completed, sourceLocation: location)
    }

    private func other(in engine: Engine) async throws -> ProjectNumber {
        try await engine.store.createProject(
            id: engine.store.numbering.identifier(), name: "other", description: nil, at: TimeSource.system.now()
        ).number
    }

    /// Returns when something that has no signal of its own has come about.
    private func wait(until isSo: () async -> Bool) async {
        while await !isSo() { await Task.yield() }
    }

    private func names(in engine: Engine) async throws -> [String] {
        try await engine.store.entities(EntityQuery(projects: nil), slice: Slice(limit: 10)).elements.map(\.record.name)
    }

    @Test(.timeLimit(.minutes(1))) func whileItExtracts() async throws {
        let engine = Engine(clock: clock)
        try await engine.run {
            let task = try await engine.submit("hold")
            let next = try await engine.submit("next")
            await clock.sleeper(for: .seconds(120))
            try await cancel(task, in: engine)
            try await expectCompleted(next, in: engine)
            #expect(engine.extractor.cancellations == 1)
            #expect(try await names(in: engine) == ["next"])
        }
    }

    @Test(.timeLimit(.minutes(1))) func whileItPausesBeforeAnotherAttempt() async throws {
        let engine = Engine(clock: clock)
        try await engine.run {
            let task = try await engine.submit("flaky 1")
            let next = try await engine.submit("next")
            await clock.sleeper(for: .seconds(1))
            try await cancel(task, in: engine)
            try await expectCompleted(next, in: engine)
            #expect(engine.extractor.order.count { $0 == "flaky 1" } == 1)
        }
    }

    @Test(.timeLimit(.minutes(1))) func whileItWaitsForTheProvider() async throws {
        let engine = Engine(clock: clock) { $0.retry.rateLimited.base = .seconds(3) }
        engine.extractor.refuse(for: .seconds(30))
        try await engine.run {
            let tasks = [try await engine.submit("limited 1"), try await engine.submit("limited 2")]
            await clock.sleeper(for: .seconds(33))
            // One of them asks, the other waits at the gate.
            await wait { tasks.allSatisfy { engine.hub.running($0)?.task.message.hasPrefix("Waiting") == true } }
            clock.advance(by: .seconds(33))
            await clock.sleeper(for: .seconds(33))
            for task in tasks { try await cancel(task, in: engine) }
            engine.extractor.refuse(for: nil)
            clock.advance(by: .seconds(33))
            try await expectCompleted(try await engine.submit("next"), in: engine)
            #expect(try await names(in: engine) == ["next"])
        }
    }

    @Test(.timeLimit(.minutes(1))) func whileItWaitsForAWorker() async throws {
        let engine = Engine(workers: 1, clock: clock)
        try await engine.run {
            let task = try await engine.submit("flaky 1")
            await clock.sleeper(for: .seconds(1))
            let holder = try await engine.submit("hold", project: other(in: engine))
            await clock.sleeper(for: .seconds(120))
            clock.advance(by: .seconds(1))
            await wait { await !engine.supervisor.returning.isEmpty }
            try await cancel(task, in: engine)
            await wait { await engine.supervisor.returning.isEmpty }
            engine.extractor.release()
            try await expectCompleted(holder, in: engine)
            try await expectCompleted(try await engine.submit("next"), in: engine)
        }
    }

    @Test(.timeLimit(.minutes(1))) func whileItWaitsForItsTurn() async throws {
        let engine = Engine(clock: clock)
        try await engine.run {
            let head = try await engine.submit("hold head")
            let task = try await engine.submit("word")
            let next = try await engine.submit("next")
            await wait { engine.extractor.order.count == 3 }
            await wait { await engine.supervisor.scheduler.working == 1 }
            try await cancel(task, in: engine)
            // It leaves at once, and its place in the window with it.
            await wait { await engine.supervisor.inHand == 2 }
            engine.extractor.release()
            try await expectCompleted(head, in: engine)
            try await expectCompleted(next, in: engine)
            #expect(try await names(in: engine).sorted() == ["head", "hold", "next"])
        }
    }

    @Test(.timeLimit(.minutes(1))) func whileItsCommitIsUnderWay() async throws {
        let isFull = Mutex(true)
        let store = FaultyStore(InMemoryStore()) { _ in isFull.withLock { $0 } ? StoreError(.full, "The disk is full.") : nil }
        let engine = Engine(store, clock: clock)
        try await engine.run {
            let task = try await engine.submit("word")
            let next = try await engine.submit("next")
            await wait { engine.hub.running(task)?.task.stage == "update_communities" }
            try await cancel(task, in: engine)
            isFull.withLock { $0 = false }
            let time = Task { [clock] in
                while !Task.isCancelled {
                    clock.advance(by: .milliseconds(100))
                    await Task.yield()
                }
            }
            try await expectCompleted(next, in: engine)
            time.cancel()
            #expect(try await names(in: engine) == ["next"])
        }
    }

    /// News of a cancel may come after the task was retried: the round that runs then was not meant.
    @Test(.timeLimit(.minutes(1))) func lateNewsOfACancelDoesNotEndALaterRound() async throws {
        let engine = Engine(workers: 1, clock: clock)
        let now = TimeSource.system.now()
        try await engine.run {
            let holder = try await engine.submit("hold holder", project: other(in: engine))
            await clock.sleeper(for: .seconds(120))
            let task = try await engine.submit("hold")
            let cancelled = try await engine.store.cancel(id: task, at: now).task
            _ = try await engine.store.retry(id: task, at: now)
            engine.supervisor.accepted(Lane(project: cancelled.project, priority: .interactive))
            await engine.supervisor.didCancel(cancelled)
            engine.extractor.release()
            try await expectCompleted(holder, in: engine)
            try await expectCompleted(task, in: engine)
        }
    }

    @Test(.timeLimit(.minutes(1))) func lateNewsOfACancelDoesNotEndALaterRoundThatRuns() async throws {
        let engine = Engine(clock: clock)
        let now = TimeSource.system.now()
        try await engine.run {
            let head = try await engine.submit("hold head")
            await wait { engine.extractor.order.count == 1 }
            let project = try await engine.store.defaultProject().number
            // Nobody is told of it before it has been cancelled and retried.
            let submission = Submission(
                memoryID: engine.store.numbering.identifier(), taskID: engine.store.numbering.identifier(), project: project,
                episode: Episode(content: "hold"), authorID: "test", at: now)
            _ = try await engine.store.accept(submission)
            let cancelled = try await engine.store.cancel(id: submission.taskID, at: now).task
            _ = try await engine.store.retry(id: submission.taskID, at: now)
            engine.supervisor.accepted(Lane(project: project, priority: .interactive))
            await wait { engine.extractor.order.count == 2 }
            await engine.supervisor.didCancel(cancelled)
            #expect(engine.hub.running(submission.taskID)?.task.status == .processing)
            engine.extractor.release()
            try await expectCompleted(head, in: engine)
            try await expectCompleted(submission.taskID, in: engine)
        }
    }
}
