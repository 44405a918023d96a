import GRDB
import Knowledge
import Persistence
import Testing

@testable import PersistenceSQLite

@Suite struct TextTests {
    @Test func textsKeepTheirNULs() async throws {
        try await TemporaryDatabase().withStore { store in
            let accepted = try await store.accept("before\0after É%_", title: "\0", tags: ["a\0b"], externalID: "e\0")
            let memory = try #require(try await store.memory(id: accepted.submission.memoryID))
            #expect(memory.episode.content == "before\0after É%_")
            #expect(memory.episode.title == "\0")
            #expect(memory.tags == ["a\0b"])
            #expect(memory.externalID == "e\0")
            func found(search: String? = nil, tag: String? = nil) async throws -> Int {
                try await store.memories(MemoryQuery(projects: nil, search: search, tag: tag), slice: Slice(limit: 1)).total
            }
            #expect(try await found(search: "AFTER") == 1)
            #expect(try await found(search: "e\0a") == 1)
            #expect(try await found(search: "É%_") == 1)
            #expect(try await found(search: "é") == 0)
            #expect(try await found(tag: "a\0b") == 1)
            #expect(try await found(tag: "a") == 0)
        }
    }

    @Test(arguments: [
        (["x", "y"], "x,y", 0), (["x", "y"], ",", 0), (["x\"", "y"], "x\"", 1), (["x\"", "y"], "x", 0), (["x\\"], "x\\", 1),
        (["x\\"], "x", 0),
        (["a%"], "a_", 0), (["a\nb"], "a\nb", 1), (["a\nb"], "b", 0), (["\"\n\"b"], "b", 0), ([""], "", 1), (["a"], "", 0), (["A"], "a", 0)
    ])
    func aTagIsFoundWhole(tags: [String], wanted: String, count: Int) async throws {
        try await TemporaryDatabase().withStore { store in
            _ = try await store.accept("content", tags: tags)
            #expect(try await store.memories(MemoryQuery(projects: nil, tag: wanted), slice: Slice(limit: 1)).total == count)
        }
    }

    @Test func contributionsComeBackAsTheyWent() throws {
        // Ranges may overlap and stand in any order.
        let contribution = Contribution(
            memory: MemoryNumber(0), version: 7,
            mentions: [
                .init(
                    entity: EntityNumber(1), ranges: [0..<3, 1..<2, 500..<100_000],
                    forms: [EntityForm(name: "Ada", type: "Person"), EntityForm(name: "", type: "", description: "")]),
                .init(entity: EntityNumber(.max), ranges: [], forms: [EntityForm(name: "\u{0}é", type: "person", description: "d")]),
                .init(entity: EntityNumber(300), ranges: [7..<7])
            ],
            statements: [
                .init(RelationshipNumber(1)), .init(RelationshipNumber(.max), fact: .init("", validAt: nil)),
                .init(RelationshipNumber(2), fact: .init("fact", validAt: Timestamp(microseconds: -5)))
            ])
        let database = try DatabaseQueue()
        let read = try database.read { try $0.value("SELECT ?", ContributionBlob(contribution), as: ContributionBlob.self) }
        #expect(read.contribution == contribution)
    }

    /// What version 0.1 wrote: mentions without names.
    @Test func oldMentionsAreRead() throws {
        var writer = PackedWriter(capacity: 0)
        for (entity, ranges) in [(64 as Int64, [0..<3, 1..<2]), (.max, []), (1, [7..<9])] {
            writer.append(entity)
            writer.append(ranges)
        }
        let read = try DatabaseQueue().read { try $0.value("SELECT ?", writer.bytes, as: ContributionBlob.self) }.contribution
        #expect(read.isLegacy && read.statements.isEmpty)
        #expect(read.mentions.map(\.entity.rawValue) == [64, .max, 1])
        #expect(read.mentions.map(\.ranges) == [[0..<3, 1..<2], [], [7..<9]])
        #expect(read.mentions.allSatisfy { $0.forms.isEmpty })
    }

    @Test(arguments: [[0], [0, 1], [0, 2, 1], [0, 1, 2, 2, 2, 0, 2], [255], [2, 4, 0]] as [[UInt8]])
    func whatNobodyWroteIsRefused(bytes: [UInt8]) throws {
        let database = try DatabaseQueue()
        let isRefused = try database.read { db in
            do {
                _ = try db.value("SELECT ?", bytes, as: ContributionBlob.self)
                return false
            } catch is DatabaseError {
                return true
            }
        }
        #expect(isRefused)
    }
}
