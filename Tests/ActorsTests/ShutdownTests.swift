import Knowledge
import Persistence
import Testing

@testable import Actors

@Suite struct ShutdownTests {
    /// The grace is for those that work: one that waits for another attempt is given back at once, and so are those whose turn comes after it.
    @Test(.timeLimit(.minutes(1))) func whoOnlyWaitsIsNotWaitedFor() async throws {
        let clock = ManualClock()
        let store = InMemoryStore()
        let engine = Engine(store, grace: .seconds(3600), clock: clock)
        var tasks: [Identifier] = []
        try await engine.run {
            tasks.append(try await engine.submit("flaky 1"))
            await clock.sleeper(for: .seconds(1))
            tasks.append(try await engine.submit("next"))
            while engine.extractor.order.count < 2 { await Task.yield() }
        }
        let waiting = try await store.tasks(TaskQuery(projects: nil, status: .pending), slice: Slice(limit: 9))
        #expect(waiting.map(\.id) == tasks.reversed() && waiting.allSatisfy { $0.attempt == 0 && $0.isResumed })
    }

    @Test(.timeLimit(.minutes(1))) func whoWorksIsWaitedForBesideOneThatWaits() async throws {
        let clock = ManualClock()
        let store = InMemoryStore()
        let engine = Engine(store, grace: .seconds(3600), clock: clock)
        let other = try await store.createProject(
            id: store.numbering.identifier(), name: "other", description: nil, at: TimeSource.system.now())
        var working: Identifier?
        try await engine.run {
            _ = try await engine.submit("flaky 1")
            await clock.sleeper(for: .seconds(1))
            working = try await engine.submit("hold", project: other.number)
            while engine.extractor.order.count < 2 { await Task.yield() }
            Task {
                await clock.sleeper(for: .seconds(3600))
                engine.extractor.release()
            }
        }
        #expect(try await store.task(id: try #require(working))?.status == .completed)
        #expect(try await store.tasks(TaskQuery(projects: nil, status: .pending), slice: Slice(limit: 9)).count == 1)
    }

    @Test(.timeLimit(.minutes(1))) func whoBeginsToWaitInTheMidstOfADrainEndsIt() async throws {
        let clock = ManualClock()
        let memory = InMemoryStore()
        let store = FaultyStore(memory) { _ in StoreError(.unusable, "It is broken.") }
        let engine = Engine(store, grace: .seconds(3600), clock: clock)
        try await engine.run {
            _ = try await engine.submit("hold")
            while engine.extractor.order.isEmpty { await Task.yield() }
            Task {
                await clock.sleeper(for: .seconds(3600))
                engine.extractor.release()
            }
        }
        // Its commit failed when its worker had long been given back, and the pause before another attempt is never over.
        #expect(try await memory.tasks(TaskQuery(projects: nil, status: .pending), slice: Slice(limit: 9)).count == 1)
    }

    /// The head of a lane holds, others are extracted and wait for their turn behind it, the rest waits in the store: a shutdown that can't wait gives
    /// all of it back, and the next start does it in the same order.
    @Test func whatCanNotFinishWaitsAgainInItsOldOrder() async throws {
        let store = InMemoryStore()
        let engine = Engine(store, workers: 64, grace: .zero)
        var tasks: [Identifier] = []
        try await engine.run {
            tasks.append(try await engine.submit("hold"))
            _ = try await engine.transcript(of: tasks[0]) { $0.task.stage == "extract" }
            for number in 1..<200 { tasks.append(try await engine.submit("episode \(number)")) }
            // The last that fits into the lane's window has been extracted, and waits for its turn.
            while engine.extractor.order.count < 33 { await Task.yield() }
        }
        let waiting = try await store.tasks(TaskQuery(projects: nil, status: .pending), slice: Slice(limit: 1000))
        #expect(waiting.map(\.id) == tasks.reversed())
        #expect(waiting.allSatisfy { $0.attempt == 0 && $0.progress == 0 })
        #expect(waiting.suffix(33).allSatisfy { $0.isResumed && $0.message == "Resumed after restart" })
        #expect(engine.hub.running(tasks[0]) == nil)

        let next = Engine(InMemoryStore(reopening: store))
        next.extractor.release()
        try await next.run {
            #expect(try await next.transcript(of: tasks[199]).last?.task.status == .completed)
            var ends: [Timestamp] = []
            for task in tasks { ends.append(try #require(try await next.store.task(id: task)?.endedAt)) }
            #expect(ends == ends.sorted())
        }
    }
}
