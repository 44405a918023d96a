import Foundation
import GRDB
import Knowledge
import Persistence
import Testing

@testable import PersistenceSQLite

@Suite struct GroupCommitTests {
    let database: TemporaryDatabase

    init() throws { database = try TemporaryDatabase() }

    @Test func oneAfterTheOtherIsOneCommitEach() async throws {
        try await database.withStore { (store) async throws in
            let before = store.statistics.commits
            for index in 0..<20 { _ = try await store.accept("memory \(index)") }
            #expect(store.statistics.commits - before == 20)
        }
    }

    @Test func manyAtOnceShareCommits() async throws {
        try await database.withStore { (store) async throws in
            let before = store.statistics
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<200 { group.addTask { _ = try await store.accept("memory \(index)") } }
                try await group.waitForAll()
            }
            #expect(store.statistics.operations - before.operations == 200)
            #expect(store.statistics.commits - before.commits < 100)
            #expect(try await store.memories(MemoryQuery(projects: nil), slice: Slice(limit: 1)).total == 200)
        }
    }

    /// Makes the writer busy until `body` has enqueued what is to share a transaction.
    private func together(_ store: SQLiteStore, _ body: () throws -> Void) rethrows {
        let (gate, entered) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        store.enqueue(nil) { _ in
            entered.signal()
            gate.wait()
        }
        // Then what follows can't be in its transaction, which would be tried again with it.
        entered.wait()
        defer { gate.signal() }
        try body()
    }

    @Test func aFailureSpoilsNobodyElse() async throws {
        try await database.withStore { (store) async throws in
            let good = (0..<10).map { index in
                { @Sendable (db: Database) in try db.run("INSERT INTO numbers VALUES (?, ?)", "good \(index)", index) }
            }
            var verdicts: [Verdict<Int>] = []
            var refused: Verdict<Void>?
            let before = store.statistics.commits
            together(store) {
                for body in good.prefix(5) { verdicts.append(store.enqueue(nil, body)) }
                refused = store.enqueue(nil) { db in
                    try db.run("INSERT INTO numbers VALUES ('bad', 1)")
                    throw StoreError(.notFound, "on purpose")
                }
                for body in good.suffix(5) { verdicts.append(store.enqueue(nil, body)) }
            }
            for verdict in verdicts { #expect(try await verdict.wait() == 1) }
            #expect(await code { try await refused?.wait() } == .notFound)
            #expect(store.statistics.commits - before <= 2)
            let kinds = try await store.read { try $0.all("SELECT kind FROM numbers ORDER BY kind") { try $0.next(String.self) } }
            #expect(kinds == (0..<10).map { "good \($0)" })
        }
    }

    @Test func writesAreAppliedInTheOrderOfTheCalls() async throws {
        try await database.withStore { (store) async throws in
            var claims: [Claim] = []
            for index in 0..<30 {
                _ = try await store.accept("memory \(index)")
                claims.append(try #require(try await store.claimOne()))
            }
            // Each builds on the one before it: in any other order the graph would be stale.
            let commits = claims.enumerated().map { store.commit(EpisodeCommit($1, baseVersion: Int64($0))) }
            for commit in commits { try await commit.wait() }
            #expect(try await store.graphHeader(of: ProjectNumber(1)).version == 30)
        }
    }

    @Test func aStaleOrLostCommitChangesNothing() async throws {
        try await database.withStore { (store) async throws in
            let accepted = try await store.accept("memory")
            let claim = try #require(try await store.claimOne())
            #expect(await code { try await store.commit(EpisodeCommit(claim, baseVersion: 3)).wait() } == .staleGraph)
            #expect(try await store.task(id: accepted.submission.taskID)?.status == .processing)
            #expect(try await store.cancel(id: accepted.submission.taskID, at: .now).didCancel)
            #expect(await code { try await store.commit(EpisodeCommit(claim, baseVersion: 0)).wait() } == .lostRace)
            #expect(try await store.graphHeader(of: ProjectNumber(1)).version == 0)
        }
    }

    @Test func aCancelledCallersWriteIsWritten() async throws {
        try await database.withStore { (store) async throws in
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await store.accept("kept")
            }
            let accepted = try await task.value
            #expect(try await store.memory(id: accepted.submission.memoryID) != nil)
        }
    }

    @Test func closingDrainsWhatWasAsked() async throws {
        let store = try await database.open()
        var verdicts: [Verdict<Int>] = []
        together(store) {
            for index in 0..<600 {
                verdicts.append(store.enqueue(nil) { try $0.run("INSERT INTO numbers VALUES (?, 1)", "\(index)") })
            }
        }
        async let first: Void = store.close()
        async let second: Void = store.close()
        _ = await (first, second)
        for verdict in verdicts { #expect(try await verdict.wait() == 1) }
        #expect(await code { _ = try await store.accept("late") } == .closed)
        #expect(await code { _ = try await store.defaultProject() } == .closed)
        #expect(!FileManager.default.fileExists(atPath: database.path + "-wal"))
        try await database.withStore { (store) async throws in
            #expect(try await store.read { try $0.value("SELECT count(*) FROM numbers WHERE kind GLOB '[0-9]*'", as: Int.self) } == 600)
        }
    }

    @Test func aNewerOpeningTakesTheStoreOver() async throws {
        let old = try await database.open()
        _ = try await old.accept("before")
        let new = try await database.open()
        #expect(await code { _ = try await old.accept("too late") } == .closed)
        #expect(await code { try await old.check() } == .closed)
        _ = try await new.accept("after")
        #expect(
            try await new.memories(MemoryQuery(projects: nil), slice: Slice(limit: 9)).elements.map(\.episode.content) == [
                "after", "before"
            ])
        await old.close()
        _ = try await new.accept("still")
        await new.close()
    }

    @Test func aLongLogIsMovedIntoTheDatabase() async throws {
        try await database.withStore { (store) async throws in
            let text = String(repeating: "x", count: 1 << 20)
            for _ in 0..<40 { _ = try await store.accept(text) }
            #expect(store.statistics.checkpoints >= 1)
        }
    }
}
