import Knowledge
import Persistence
import Synchronization
import Testing

@testable import Actors

@Suite struct ChoreTests {
    /// Reports its stages, and says which task it did.
    private struct Sweep: Chore {
        func run(_ run: ChoreRun) async throws -> ChoreEnd {
            await run.report(Stage(name: "sweep", progress: 40, message: "Sweeping..."))
            return .done(ChoreOutcome(message: "Swept", result: ["task": JSON(run.task.id)]))
        }
    }

    /// Finds the disk full more often than a task may fail.
    private final class Patient: Chore {
        let refusals = Atomic(9)

        func run(_ run: ChoreRun) async throws -> ChoreEnd {
            guard refusals.subtract(1, ordering: .relaxed).newValue < 0 else { throw StoreError(.full, "The disk is full.") }
            return .done(ChoreOutcome(message: "Done", result: [:]))
        }
    }

    @Test func aFullDiskIsWaitedForAndIsNoFailure() async throws {
        let engine = Engine(chores: [.rebuildCommunities: Patient()])
        try await engine.run {
            let shown = try await engine.transcript(of: submit(.rebuildCommunities, to: engine))
            let last = try #require(shown.last?.task)
            #expect(last.status == .completed && last.attempt == 10)
            #expect(shown.contains { $0.task.message.contains("The disk is full") })
        }
    }

    private func submit(_ type: TaskType, to engine: Engine) async throws -> Identifier {
        let project = try await engine.store.defaultProject()
        let id = engine.store.numbering.identifier()
        _ = try await engine.store.submit(TaskSubmission(id: id, type: type, project: project.number, at: TimeSource.system.now()))
        engine.supervisor.accepted(Lane(project: project.number, priority: .interactive))
        return id
    }

    @Test func aChoreShowsItsStagesAndItsResultAndHoldsNobodyUp() async throws {
        let engine = Engine(chores: [.rebuildCommunities: Sweep()])
        try await engine.run {
            let held = try await engine.submit("hold")
            let chore = try await submit(.rebuildCommunities, to: engine)
            let shown = try await engine.transcript(of: chore)
            let last = try #require(shown.last?.task)
            #expect(last.status == .completed && last.message == "Swept" && last.result?["task"] == JSON(chore) && last.progress == 100)
            #expect(last.timeline.map(\.stage) == ["sweep"])
            #expect(try await engine.store.task(id: chore) == last)
            engine.extractor.release()
            #expect(try await engine.transcript(of: held).last?.task.status == .completed)
        }
    }

    @Test func aTypeThatNobodyDoesFailsVisibly() async throws {
        let engine = Engine()
        try await engine.run {
            let chore = try await submit(.rebuildCommunities, to: engine)
            let last = try #require(try await engine.transcript(of: chore).last?.task)
            #expect(last.status == .failed && last.error?.contains("rebuild_communities") == true)
            let next = try await engine.submit("next")
            #expect(try await engine.transcript(of: next).last?.task.status == .completed)
        }
    }
}
