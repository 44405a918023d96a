import Knowledge
import Persistence
import Testing

@testable import PersistenceSQLite

@Suite struct FullDiskTests {
    @Test func nothingIsLostAndItGoesOnWhenThereIsRoom() async throws {
        let database = try TemporaryDatabase()
        try await database.withStore { store in
            let text = String(repeating: "x", count: 10_000)
            let first = try await store.accept("first")
            let limit = try await store.write { db in
                try db.value("PRAGMA page_count", as: Int.self) + 40
            }
            _ = try await store.write { try $0.value("PRAGMA max_page_count = \(limit)", as: Int.self) }
            var accepted: [Identifier] = [first.submission.memoryID]
            var refusal: StoreError?
            while refusal == nil, accepted.count < 1000 {
                do {
                    accepted.append(try await store.accept(text).submission.memoryID)
                } catch {
                    refusal = error as? StoreError
                }
            }
            #expect(refusal?.code == .full)
            #expect(accepted.count > 5)
            #expect(try await store.memories(MemoryQuery(projects: nil), slice: Slice(limit: 0)).total == accepted.count)
            _ = try await store.write { try $0.value("PRAGMA max_page_count = 1073741823", as: Int.self) }
            accepted.append(try await store.accept(text).submission.memoryID)
            let stored = try await store.memories(MemoryQuery(projects: nil), slice: Slice(limit: 1000)).elements.map(\.id)
            #expect(stored == accepted.reversed())
        }
    }
}
