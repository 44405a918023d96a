import Knowledge
import Persistence
import Testing

@testable import PersistenceSQLite

@Suite struct PurgeTests {
    private let database: TemporaryDatabase

    init() throws {
        database = try TemporaryDatabase()
    }

    /// How many rows each table has.
    private func rows(_ store: SQLiteStore) async throws -> [String: Int] {
        try await store.read { db in
            let tables = try db.all("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'") {
                try $0.next(String.self)
            }
            return try Dictionary(
                uniqueKeysWithValues: tables.map { ($0, try db.value("SELECT count(*) FROM \($0)", as: Int.self)) })
        }
    }

    /// Entities with edges among them, all of one community, and a schema element; each memory names and states everything.
    private func fill(_ project: ProjectRecord, _ store: SQLiteStore) async throws {
        let lane = Lane(project: project.number, priority: .interactive)
        let numbering = store.numbering
        let moment = Timestamp(microseconds: 1)
        let entities = (0..<5).map { index in
            EntityRecord(
                number: numbering.entity(), id: numbering.identifier(), name: "E\(index)", type: "Thing", summary: "", mentionCount: 1,
                degree: 1,
                community: nil, createdAt: moment, updatedAt: moment)
        }
        let edges = entities.flatMap { source in
            entities.map { target in
                RelationshipRecord(
                    number: numbering.relationship(), id: numbering.identifier(), source: source.number, target: target.number,
                    type: "KNOWS",
                    fact: "", weight: 1, validAt: nil, invalidAt: nil, createdAt: moment, updatedAt: moment)
            }
        }
        for version in 0..<4 as Range<Int64> {
            _ = try await store.accept("memory \(version)", project: project.number)
            let claim = try #require(try await store.claim(lane, limit: 1, at: moment).first)
            var commit = EpisodeCommit(claim, baseVersion: version)
            if version == 0 {
                commit.delta.newEntities = entities
                commit.delta.newNames = entities.map { EntityName(key: $0.name, entity: $0.number) }
                commit.delta.newRelationships = edges
                commit.delta.newSchema = [SchemaRecord(.entity(name: "Thing"))]
                commit.delta.newCommunities = [
                    CommunityRecord(
                        number: numbering.community(), id: numbering.identifier(), memberCount: 5, totalWeight: 9, createdAt: moment,
                        formedAt: moment)
                ]
            }
            commit.delta.mentions = entities.map { GraphDelta.Mention(entity: $0.number, ranges: [0..<1]) }
            commit.delta.statedRelationships = edges.map(\.number)
            try await store.commit(commit).wait()
        }
        _ = try await store.accept("waiting", project: project.number)
    }

    @Test(arguments: [1, 7, 1000])
    func nothingIsLeftOfADeletedProjectAndNothingElseGoes(limit: Int) async throws {
        let (before, project) = try await database.withStore { store async throws in
            let kept = try await store.createProject(id: store.numbering.identifier(), name: "kept", description: nil, at: .now)
            try await fill(kept, store)
            var before = try await rows(store)
            let gone = try await store.createProject(id: store.numbering.identifier(), name: "gone", description: nil, at: .now)
            try await fill(gone, store)
            let full = try await rows(store)
            for (table, count) in before
            where !["server", "numbers", "access_keys"].contains(table) && count > 0 && table != "grdb_migrations" {
                #expect((full[table] ?? 0) > count, "\(table) was not filled: this test would not see what is left there")
            }
            // Where numbers are noted is no part of the project.
            before["numbers"] = NumberSource.Kind.allCases.count
            return (before, gone)
        }
        try await database.withStore { store async throws in
            try await store.deleteProject(id: project.id, evenIfBusy: false, at: .now)
            for _ in 0..<5 { _ = try await store.purge(limit: limit) }
        }
        // It goes on after a restart.
        try await database.withStore { store async throws in
            while try await store.purge(limit: limit) {}
            #expect(try await rows(store) == before)
        }
    }

    @Test func freedSpaceIsGivenBackStepByStep() async throws {
        let text = String(repeating: "0123456789", count: 20_000)
        try await database.withStore { store async throws in
            let project = try await store.createProject(id: store.numbering.identifier(), name: "gone", description: nil, at: .now)
            for _ in 0..<300 { _ = try await store.accept(text, project: project.number) }
            let pages = try await store.read { try $0.value("PRAGMA page_count", as: Int.self) }
            #expect(try await store.shrink() == false, "nothing is free")
            try await store.deleteProject(id: project.id)
            while try await store.purge(limit: 400) {}
            var steps = 0
            while try await store.shrink() { steps += 1 }
            #expect(steps > 10)
            #expect(try await store.read { try $0.value("PRAGMA page_count", as: Int.self) } < pages - 5000)
            #expect(try await store.accept("still works").memory > MemoryNumber(0))
        }
    }
}
