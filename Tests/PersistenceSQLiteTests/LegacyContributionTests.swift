import GRDB
import Knowledge
import Persistence
import Testing

@testable import PersistenceSQLite

@Suite struct LegacyContributionTests {
    /// What version 0.1 kept of a memory: whom it names and where, and the ways back.
    @Test func statementsAreFoundThroughTheEntities() async throws {
        let database = try TemporaryDatabase()
        let (memory, edges) = try await database.withStore { store in
            let memory = try await store.accept("Ada knows Bob.").memory
            let claim = try #require(try await store.claimOne())
            var commit = EpisodeCommit(claim, baseVersion: 0)
            let (ada, bob) = (entity("Ada", store), entity("Bob", store))
            commit.delta.newEntities = [ada, bob]
            commit.delta.newRelationships = [edge(ada, bob, store), edge(bob, ada, store), edge(ada, bob, store, type: "LIKES")]
            commit.delta.statements = commit.delta.newRelationships.dropLast().map { .init($0.number) }
            commit.delta.mentions = [ada, bob].map {
                .init(entity: $0.number, ranges: [0..<3], forms: [EntityForm(name: $0.name, type: $0.type)])
            }
            try await store.commit(commit).wait()
            return (memory, commit.delta.statements)
        }
        let written = try await database.withStore { try await $0.contributions(of: [memory]) }
        #expect(written.map(\.statements) == [edges] && written.map(\.version) == [1])
        let mentions = try #require(written.first?.mentions)
        var old = PackedWriter(capacity: 0)
        for mention in mentions {
            old.append(mention.entity.rawValue)
            old.append(mention.ranges)
        }
        let queue = try DatabaseQueue(path: database.path)
        _ = try await queue.write { [bytes = old.bytes] db in try db.run("UPDATE mentions SET packed = ?", bytes) }
        try queue.close()
        let read = try await database.withStore { try await $0.contributions(of: [memory]) }
        #expect(read.count == 1 && read[0].isLegacy)
        #expect(read[0].mentions.map(\.entity) == mentions.map(\.entity) && read[0].mentions.map(\.ranges) == mentions.map(\.ranges))
        #expect(Set(read[0].statements.map(\.relationship)) == Set(edges.map(\.relationship)))
    }

    private func entity(_ name: String, _ store: SQLiteStore) -> EntityRecord {
        let now = Timestamp(microseconds: 1)
        return EntityRecord(
            number: store.numbering.entity(), id: store.numbering.identifier(), name: name, type: "Person", summary: "", mentionCount: 1,
            degree: 3, community: nil, createdAt: now, updatedAt: now)
    }

    private func edge(_ source: EntityRecord, _ target: EntityRecord, _ store: SQLiteStore, type: String = "KNOWS") -> RelationshipRecord {
        let now = Timestamp(microseconds: 1)
        return RelationshipRecord(
            number: store.numbering.relationship(), id: store.numbering.identifier(), source: source.number, target: target.number,
            type: type,
            fact: "fact", weight: 1, validAt: nil, invalidAt: nil, createdAt: now, updatedAt: now)
    }
}
