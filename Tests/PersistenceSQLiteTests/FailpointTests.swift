import Foundation
import Persistence
import Testing

@testable import PersistenceSQLite

@Suite struct FailpointTests {
    @Test func readsItsForm() {
        #expect(Failpoint("commit:before:3") == Failpoint(operation: .commit, position: .before, count: 3))
        #expect(Failpoint("accept:after:1")?.description == "accept:after:1")
        for text in [
            "", "commit", "commit:before", "commit:before:0", "commit:before:-1", "commit:before:x", "commit:within:1", "end:before:1",
            "commit:before:1:1"
        ] {
            #expect(Failpoint(text) == nil, "\(text)")
        }
    }

    #if os(Linux)
        @Test func beforeLosesTheWriteAndAfterKeepsIt() async throws {
            for (position, kept) in [(Failpoint.Position.before, 1), (.after, 2)] {
                await #expect(processExitsWith: .signal(SIGKILL)) { [position = position.rawValue as String] in
                    let path = NSTemporaryDirectory() + "engram-failpoint-\(position).sqlite"
                    for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
                    let store = try await SQLiteStore.open(at: path, failpoint: Failpoint("accept:\(position):2"))
                    _ = try await store.accept("first")
                    _ = try await store.accept("second")
                }
                let path = NSTemporaryDirectory() + "engram-failpoint-\(position.rawValue).sqlite"
                let store = try await SQLiteStore.open(at: path)
                #expect(store.epoch == 2)
                #expect(try await store.memories(MemoryQuery(projects: nil), slice: Slice(limit: 1)).total == kept)
                await store.close()
                for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
            }
        }
    #endif
}
