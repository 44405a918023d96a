import Knowledge
import Logging
import Persistence
import Testing

@testable import Actors

struct QueueReporterTests {
    /// Nobody works here; what moves the line is a cancel.
    private struct Desk {
        let clock = ManualClock()
        let engine = Engine(workers: 0)
        let reporter: QueueReporter

        init() {
            reporter = QueueReporter(
                store: engine.store, hub: engine.hub, forecaster: Forecaster(), clock: clock, logger: Logger(label: "test"))
        }

        /// What has come since the last question.
        var news: [TaskUpdate] { engine.hub.outlets[0].take() }

        func report() async {
            clock.advance(by: QueueReporter.interval)
            await reporter.report()
        }
    }

    @Test func whoeverWatchesIsToldWhatHasChanged() async throws {
        let desk = Desk()
        var tasks: [Identifier] = []
        for name in ["a", "b", "c"] { tasks.append(try await desk.engine.submit(name)) }
        _ = desk.engine.hub.watch(tasks[2], outlet: 0)
        let begun = try #require(try await desk.reporter.beginning(of: tasks[2]))
        #expect(begun.queuePosition == 3)
        #expect(begun.etaSeconds == nil)

        // Nothing has changed, and nobody else is watched.
        await desk.report()
        #expect(desk.news.isEmpty)

        _ = try await desk.engine.supervisor.cancel(tasks[0])
        await desk.report()
        let told = desk.news
        #expect(told.map(\.task.id) == [tasks[2]])
        #expect(told.map(\.queuePosition) == [2])
        #expect(told.allSatisfy { $0.isReport && $0.id > begun.id })
        // Older than whatever comes of the task later.
        #expect(told.allSatisfy { $0.id < EventID(epoch: 1, revision: $0.task.revision + 1) })

        // One who comes back is level.
        #expect(try await desk.reporter.beginning(of: tasks[2])?.id == told.last?.id)
        _ = try await desk.engine.supervisor.cancel(tasks[2])
        await desk.report()
        #expect(desk.news.map(\.task.status) == [.cancelled])
    }

    @Test func withinARoundAnIdMeansOneState() async throws {
        let desk = Desk()
        let tasks = [try await desk.engine.submit("a"), try await desk.engine.submit("b")]
        _ = desk.engine.hub.watch(tasks[1], outlet: 0)
        let first = try await desk.reporter.beginning(of: tasks[1])
        _ = try await desk.engine.supervisor.cancel(tasks[0])
        #expect(try await desk.reporter.beginning(of: tasks[1]) == first)
        desk.clock.advance(by: QueueReporter.interval)
        let second = try #require(try await desk.reporter.beginning(of: tasks[1]))
        #expect(second.queuePosition == 1)
        #expect(try second.id > #require(first).id)
    }

    @Test func whatIsForgottenComesBackWithANewerId() async throws {
        let desk = Desk()
        let task = try await desk.engine.submit("a")
        let first = try #require(try await desk.reporter.beginning(of: task))
        for _ in 0..<20 { await desk.report() }
        let second = try #require(try await desk.reporter.beginning(of: task))
        #expect(second.id > first.id)
        #expect(second.queuePosition == 1)
    }

    @Test func listsAreInTheOrderThatWasAskedFor() async throws {
        let desk = Desk()
        var tasks: [Identifier] = []
        for name in ["a", "b", "c"] { tasks.append(try await desk.engine.submit(name)) }
        _ = try await desk.engine.supervisor.cancel(tasks[1])
        var records: [TaskRecord] = []
        for task in tasks.reversed() { records.append(try #require(try await desk.engine.store.task(id: task))) }
        let states = try await desk.reporter.states(of: records)
        #expect(states.map(\.task.id) == tasks.reversed())
        #expect(states.map(\.queuePosition) == [2, nil, 1])
    }
}
