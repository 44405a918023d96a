import GRDB
import Knowledge
import Persistence
import Testing

@testable import PersistenceSQLite

@Suite struct UnreadableTests {
    /// A damaged row fails by itself, visibly, and those behind it are claimed.
    @Test func anEpisodeThatCannotBeReadHoldsUpNoLane() async throws {
        let database = try TemporaryDatabase()
        let accepted = try await database.withStore { store in
            [try await store.accept("one"), try await store.accept("two"), try await store.accept("three")]
        }
        let queue = try DatabaseQueue(path: database.path)
        _ = try await queue.write { [memory = accepted[0].memory] db in
            try db.run("UPDATE memories SET supplied = '{\"no\": \"list' WHERE number = ?", memory)
        }
        try queue.close()
        try await database.withStore { store in
            let lane = Lane(project: ProjectNumber(1), priority: .interactive)
            let at = Timestamp(microseconds: 5_000_000)
            let claims = try await store.claim(lane, limit: 2, at: at)
            #expect(claims.map(\.task.number) == [accepted[0].task, accepted[1].task])
            #expect(claims.map(\.task.status) == [.failed, .processing])
            let failed = try #require(try await store.task(id: accepted[0].submission.taskID))
            #expect(failed == claims[0].task && failed.error?.contains("read") == true && failed.endedAt == at)
            #expect(try await store.claim(lane, limit: 9, at: at).map(\.task.number) == [accepted[2].task])
        }
    }
}
