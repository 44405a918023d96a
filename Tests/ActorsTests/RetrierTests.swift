import Knowledge
import Persistence
import Testing

@testable import Actors

@Suite struct RetrierTests {
    private func retrier(_ engine: Engine) -> Retrier {
        Retrier(store: engine.store, supervisor: engine.supervisor, hub: engine.hub)
    }

    /// Returns once everything has ended.
    private func rest(_ engine: Engine) async throws {
        while true {
            let counts = try await engine.store.statistics(since: Timestamp(microseconds: 0), now: TimeSource.system.now(), projects: nil)
                .counts
            if counts[.pending] ?? 0 == 0, counts[.processing] ?? 0 == 0 { return }
            await Task.yield()
        }
    }

    @Test func anotherRoundHasItsOwnCountOfFailuresAndSaysWhichAttemptItIs() async throws {
        let engine = Engine()
        try await engine.run {
            let task = try await engine.submit("flaky 7")
            let first = try await engine.transcript(of: task)
            #expect(first.last?.task.status == .failed)
            #expect(first.last?.task.attempt == 5)
            let queued = try await retrier(engine).retry(task)
            #expect((queued.status, queued.message, queued.progress) == (.pending, "Queued", 0))
            let second = try await engine.transcript(of: task)
            #expect(second.last?.task.status == .completed)
            #expect(second.last?.task.attempt == 8)
            #expect(second.allSatisfy { update in first.allSatisfy { $0.id < update.id } })
            let attempts = Set(second.last?.task.timeline.map(\.attempt) ?? [])
            #expect(attempts.isSuperset(of: [1, 2, 3, 4, 5, 6, 7, 8]))
        }
    }

    @Test func theFirstThingShownOfTheNextAttemptIsWhichOneItIs() async throws {
        let engine = Engine(workers: 1)
        try await engine.run {
            let task = try await engine.submit("flaky 5")
            _ = try await engine.transcript(of: task)
            let blocker = try await engine.submit("hold", priority: .bulk)
            _ = try await engine.transcript(of: blocker) { $0.task.stage == "extract" }
            _ = try await retrier(engine).retry(task)
            #expect(engine.hub.watch(task, outlet: 63) == nil, "what waits is a row")
            engine.extractor.release()
            #expect(try await engine.transcript(of: task).last?.task.status == .completed)
            let shown = engine.hub.outlets[63].take()
            #expect(shown.first?.task.message == "Retrying (attempt 6)")
            #expect(shown.first?.task.progress == 0)
        }
    }

    /// The actor of the cancelled round may take its time; the new round is not its business, and it not the new one's.
    @Test func aTaskIsRetriedRightAfterItsCancelAndCancelledAgain() async throws {
        let engine = Engine()
        try await engine.run {
            let task = try await engine.submit("hold")
            _ = try await engine.transcript(of: task) { $0.task.stage == "extract" }
            for _ in 0..<20 {
                #expect(try await engine.supervisor.cancel(task).didCancel)
                _ = try await retrier(engine).retry(task)
            }
            engine.extractor.release()
            #expect(try await engine.transcript(of: task).last?.task.status == .completed)
            #expect(engine.hub.running(task) == nil)
        }
    }

    @Test func whoWatchesAWaitingTaskSeesItsRetry() async throws {
        let engine = Engine(workers: 0)
        let task = try await engine.submit("anything")
        _ = try await engine.supervisor.cancel(task)
        #expect(engine.hub.watch(task, outlet: 0) == nil)
        _ = try await retrier(engine).retry(task)
        let shown = engine.hub.outlets[0].take()
        #expect(shown.map(\.task.status) == [.pending])
        #expect(engine.hub.running(task) == nil, "what waits is a row")
    }

    @Test func allThatFailedAreRetriedOnceEachHoweverSoonTheyFailAgain() async throws {
        let engine = Engine()
        try await engine.run {
            var tasks: [Identifier] = []
            for number in 0..<450 { tasks.append(try await engine.submit("fail \(number)")) }
            try await rest(engine)
            let project = try await engine.store.defaultProject().number
            #expect(try await retrier(engine).retryAll(RetrySelection(project: project, status: .cancelled)) == 0)
            #expect(try await retrier(engine).retryAll(RetrySelection(project: project, status: .failed)) == 450)
            try await rest(engine)
            for task in tasks {
                let attempt = try await engine.store.task(id: task)?.attempt
                #expect(attempt == 2)
            }
        }
    }

    @Test func anEarlierRoundsLateNewsDoesNotHideTheRunningOne() {
        let hub = ProgressHub(outlets: 1)
        var late = ProgressHubTests.update(1, step: 5, status: .cancelled)
        var running = ProgressHubTests.update(1, step: 0)
        running.id = EventID(epoch: 1, revision: 3)
        running.task.revision = 3
        late.task.revision = 1
        hub.publish(running)
        hub.publish(late)
        hub.forget(late.task.id, revision: 1)
        #expect(hub.running(late.task.id) == running)
        hub.forget(late.task.id, revision: 3)
        #expect(hub.running(late.task.id) == nil)
    }
}
