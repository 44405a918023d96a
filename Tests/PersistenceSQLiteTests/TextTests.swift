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

    @Test func mentionsComeBackAsTheyWent() throws {
        // Ranges may overlap and stand in any order.
        let mentions = [
            GraphDelta.Mention(entity: EntityNumber(1), ranges: [0..<3, 1..<2, 500..<100_000]),
            GraphDelta.Mention(entity: EntityNumber(.max), ranges: []),
            GraphDelta.Mention(entity: EntityNumber(300), ranges: [7..<7])
        ]
        let database = try DatabaseQueue()
        let read = try database.read { try $0.value("SELECT ?", MentionsBlob(mentions), as: MentionsBlob.self) }
        #expect(read.mentions == mentions)
    }
}
