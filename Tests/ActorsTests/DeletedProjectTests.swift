import Knowledge
import Persistence
import Testing

@testable import Actors

@Suite struct DeletedProjectTests {
    @Test func whatRunsIsEndedAndItsWorkersAreFree() async throws {
        let engine = Engine(workers: 2)
        try await engine.run {
            let gone = try await engine.store.createProject(
                id: engine.store.numbering.identifier(), name: "Gone", description: nil, at: TimeSource.system.now())
            var running: [Identifier] = []
            for number in 0..<2 { running.append(try await engine.submit("hold \(number)", project: gone.number)) }
            for task in running { _ = try await engine.transcript(of: task) { $0.task.stage == "extract" } }
            for number in 0..<100 { _ = try await engine.submit("hold \(number)", project: gone.number) }
            let other = try await engine.submit("anything")

            #expect(engine.hub.watch(running[0], outlet: 63) != nil)
            try await engine.store.deleteProject(id: gone.id, evenIfBusy: true, at: TimeSource.system.now())
            await engine.supervisor.forget(gone.number)
            #expect(engine.hub.outlets[63].take().last?.task.status == .cancelled)
            #expect(try await engine.transcript(of: other).last?.task.status == .completed)
            #expect(engine.extractor.cancellations == 2)
            for task in running { #expect(engine.hub.running(task) == nil) }
            // The lane is no more, and holds nobody up.
            let next = try await engine.submit("anything else")
            #expect(try await engine.transcript(of: next).last?.task.status == .completed)
            #expect(!engine.extractor.order.contains("hold 99"))
        }
    }
}
