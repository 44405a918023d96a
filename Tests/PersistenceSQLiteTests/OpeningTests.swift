import Foundation
import GRDB
import Knowledge
import Persistence
import Testing

@testable import PersistenceSQLite

@Suite struct OpeningTests {
    let database: TemporaryDatabase

    init() throws { database = try TemporaryDatabase() }

    private func refusal() async -> StoreError? {
        do {
            await (try await database.open()).close()
            return nil
        } catch {
            return error as? StoreError
        }
    }

    @Test func syncsFully() async throws {
        try await database.withStore { (store) async throws in #expect(try await store.synchronousLevel == 2) }
    }

    @Test func keepsEverythingAndCountsBoots() async throws {
        let (project, memory) = try await database.withStore { (store) async throws in
            #expect(store.epoch == 1)
            let accepted = try await store.accept("what was said", title: "a title", tags: ["x"], externalID: "e")
            return (try await store.defaultProject(), try await store.memory(id: accepted.submission.memoryID))
        }
        try await database.withStore { (store) async throws in
            #expect(store.epoch == 2)
            #expect(try await store.defaultProject() == project)
            #expect(memory != nil)
            #expect(try await store.memory(id: #require(memory).id) == memory)
            #expect(try await store.projects(among: nil, slice: Slice(limit: 10)).total == 1)
        }
    }

    @Test func keepsWhatAKilledProcessHadCommitted() async throws {
        let store = try await database.open()
        let accepted = try await store.accept("kept")
        // What a killed process leaves: the files as they are, without a checkpoint.
        let copy = try TemporaryDatabase()
        for suffix in ["", "-wal"] { try FileManager.default.copyItem(atPath: database.path + suffix, toPath: copy.path + suffix) }
        try await copy.withStore { (later) async throws in
            #expect(later.epoch == 2)
            #expect(try await later.memory(id: accepted.submission.memoryID)?.episode.content == "kept")
        }
        await store.close()
    }

    @Test func numbersAreNotGivenAgainAfterADeletion() async throws {
        let last = try await database.withStore { (store) async throws in
            let project = try await store.createProject(id: store.numbering.identifier(), name: "p", description: nil, at: .now)
            let accepted = try await store.accept("gone", project: project.number)
            let entity = store.numbering.entity()
            try await store.deleteProject(id: project.id)
            return (project.number, accepted.memory, accepted.task, entity)
        }
        try await database.withStore { (store) async throws in
            let project = try await store.createProject(id: store.numbering.identifier(), name: "q", description: nil, at: .now)
            let accepted = try await store.accept("new", project: project.number)
            #expect(project.number > last.0)
            #expect(accepted.memory > last.1)
            #expect(accepted.task > last.2)
            #expect(store.numbering.entity() > last.3)
        }
    }

    @Test func refusesAFileThatIsNoDatabase() async throws {
        try Data("this is not a database, but long enough to have a header of a hundred bytes, more or less, at its beginning".utf8)
            .write(to: URL(fileURLWithPath: database.path))
        let error = await refusal()
        #expect(error?.code == .unusable)
        #expect(error?.message.contains("is not a database") == true)
    }

    @Test func refusesADamagedDatabase() async throws {
        try await database.withStore { (store) async throws in
            for index in 0..<50 { _ = try await store.accept("memory \(index)") }
        }
        let handle = try #require(FileHandle(forUpdatingAtPath: database.path))
        try handle.seek(toOffset: 100)
        try handle.write(contentsOf: Data(repeating: 0xA5, count: 16_000))
        try handle.close()
        let error = await refusal()
        #expect(error?.code == .unusable)
        #expect(error?.message.contains("is damaged") == true)
    }

    @Test func refusesAnotherProgramsDatabaseAndLeavesItAlone() async throws {
        let queue = try DatabaseQueue(path: database.path)
        try await queue.write { try $0.execute(sql: "CREATE TABLE theirs (x); PRAGMA application_id = 7") }
        try queue.close()
        let before = try Data(contentsOf: URL(fileURLWithPath: database.path))
        #expect(await refusal()?.message.contains("another program") == true)
        #expect(try Data(contentsOf: URL(fileURLWithPath: database.path)) == before)
    }

    @Test func refusesADatabaseOfANewerVersion() async throws {
        try await database.withStore { _ in }
        let queue = try DatabaseQueue(path: database.path)
        try await queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99 telepathy')") }
        try queue.close()
        let error = await refusal()
        #expect(error?.code == .unusable)
        #expect(error?.message.contains("newer version of Engram") == true)
    }

    @Test func refusesWhereNothingCanBeWritten() async throws {
        for path in ["/proc/engram.sqlite", database.folder, database.folder + "/missing/engram.sqlite"] {
            #expect(await code { await (try await SQLiteStore.open(at: path)).close() } == .unusable, "\(path)")
        }
        try await database.withStore { _ in }
        // Root may write to anything; the check is for the others.
        guard getuid() != 0 else { return }
        try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: database.path)
        #expect(await refusal()?.code == .unusable)
    }

    @Test func leadsEveryOlderSchemaToTheNewest() async throws {
        for count in 0..<Schema.steps.count {
            let database = try TemporaryDatabase()
            let pool = try DatabasePool(path: database.path)
            if count > 0 {
                try Schema.migrator(Array(Schema.steps.prefix(count))).migrate(pool)
                try await pool.write { db in
                    try db.execute(
                        sql:
                            "INSERT INTO projects (number, id, name, is_default, created_at, updated_at) VALUES (1, x'00112233445566778899aabbccddeeff', 'Default', 1, 5, 5)"
                    )
                }
            }
            try pool.close()
            try await database.withStore { (store) async throws in
                if count > 0 { #expect(try await store.defaultProject().createdAt == Timestamp(microseconds: 5)) }
                #expect(try await store.accessKeys().isEmpty)
                _ = try await store.accept("works")
            }
        }
    }
}
