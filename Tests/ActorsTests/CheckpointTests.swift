import Knowledge
import Persistence
import Synchronization
import Testing

@testable import Actors

@Suite struct CheckpointTests {
    @Test func whatWasDearIsNotPaidForAgainAfterTheProcessEnds() async throws {
        let memory = InMemoryStore()
        // Its disk is full for as long as the first process lives.
        let first = Engine(FaultyStore(memory) { _ in StoreError(.full, "The disk is full.") }, grace: .zero, clock: ManualClock())
        first.extractor.becomeDear()
        var task: Identifier?
        try await first.run {
            let submitted = try await first.submit("one two")
            task = submitted
            try await first.transcript(of: submitted) { $0.task.stage == "update_communities" }
        }
        #expect(first.extractor.order == ["one two"])
        let second = Engine(InMemoryStore(reopening: memory))
        try await second.run {
            let task = try #require(task)
            let last = try #require(try await second.transcript(of: task).last?.task)
            #expect(last.status == .completed && last.result?["entities_created"] == 2)
            #expect(last.timeline.map(\.stage).contains("extract"))
        }
        #expect(second.extractor.order.isEmpty, "it was kept")
    }

    @Test func whatIsCheapIsFoundAgain() async throws {
        let memory = InMemoryStore()
        let first = Engine(FaultyStore(memory) { _ in StoreError(.full, "The disk is full.") }, grace: .zero, clock: ManualClock())
        var task: Identifier?
        try await first.run {
            let submitted = try await first.submit("one two")
            task = submitted
            try await first.transcript(of: submitted) { $0.task.stage == "update_communities" }
        }
        let second = Engine(InMemoryStore(reopening: memory))
        try await second.run {
            let task = try #require(task)
            #expect(try await second.transcript(of: task).last?.task.status == .completed)
        }
        #expect(second.extractor.order == ["one two"])
    }
}
