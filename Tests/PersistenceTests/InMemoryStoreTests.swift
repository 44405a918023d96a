import Knowledge
import Persistence
import StoreConformance
import Testing

@Suite struct InMemoryStoreTests {
    private let conformance = StoreConformance(
        makeStore: { InMemoryStore() },
        reopen: { earlier in InMemoryStore(reopening: try #require(earlier as? InMemoryStore)) })

    @Test(arguments: StoreConformance.checks)
    func conforms(check: StoreConformance.Check) async throws { try await conformance.run(check) }

    @Test func timeAndIdentifiersAreTheCallers() async throws {
        let moment = Timestamp(microseconds: 1_700_000_000_123_456)
        let stores = [1, 2].map { _ in InMemoryStore(epoch: 7, now: { moment }, random: Repeating(value: 5)) }
        for store in stores {
            let project = try await store.defaultProject()
            #expect(store.epoch == 7)
            #expect(project.createdAt == moment)
            #expect(Int64(project.id.high >> 16) == moment.milliseconds)
            #expect(store.numbering.identifier() == project.id)
        }
    }

    private struct Repeating: RandomNumberGenerator {
        let value: UInt64
        func next() -> UInt64 { value }
    }
}
