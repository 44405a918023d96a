import Actors
import HTTPTypes
import Knowledge
import Persistence
import Testing

@testable import HTTP

@Suite struct RepresentationTests {
    @Test func everyBadFieldIsNamedAtOnce() throws {
        let body = try JSON.parse(
            #"{"title":1,"content":" ","content_type":"pdf","tags":["a",2,""],"entities":[{"name":"x"},7],"metadata":[],"is_public":"no","occurred_at":"soon"}"#
        )
        let problem = try #require(throws: Problem.self) { try MemoryDraft(body) }
        #expect(problem.status == .unprocessableContent)
        #expect(
            problem.fields.map(\.name) == [
                "project_id", "title", "content", "content_type", "tags[1]", "tags[2]", "entities[0].type", "entities[1]", "is_public",
                "metadata", "occurred_at"
            ])
    }

    @Test func aDraftHasItsDefaults() throws {
        let draft = try MemoryDraft(try JSON.parse(#"{"project_id":"default","content":"x","unknown":1,"title":null}"#))
        #expect(
            draft.episode == Episode(content: "x") && draft.priority == .interactive && draft.metadata == .object([]) && !draft.isPublic)
    }

    @Test func contentThatClaimsToBeJSONHasToBe() throws {
        #expect(throws: Problem.self) { try MemoryDraft(["project_id": "default", "content": "{", "content_type": "json"]) }
        #expect(throws: Never.self) { try MemoryDraft(["project_id": "default", "content": "{}", "content_type": "json"]) }
        #expect(throws: Problem.self) { try MemoryDraft(["project_id": "default", "content": "a\u{0}b"]) }
    }

    @Test(arguments: [(0, "0ms"), (450, "450ms"), (2_449, "2.4s"), (185_000, "3m 5s"), (7_260_000, "2h 1m")] as [(Int64, String)])
    func durationsAreForPeople(milliseconds: Int64, text: String) {
        var task = EventFrameTests.update(.completed).task
        #expect(task.duration == "-")
        task.endedAt = Timestamp(microseconds: milliseconds * 1000)
        #expect(task.duration == text)
    }

    @Test func wrongMethodsAreToldFromWrongPaths() {
        let table = RouteTable()
        table.add("/api/v1/tasks/:id", method: .get)
        table.add("/api/v1/tasks/:id/cancel", method: .post)
        #expect(table.methods(for: "/api/v1/tasks/7/") == ["GET", "HEAD"])
        #expect(table.methods(for: "/api/v1/tasks/7/cancel") == ["POST"])
        #expect(table.methods(for: "/api/v1/nothing").isEmpty)
    }

    @Test func originsAreLetInByName() {
        let cors = CORSPolicy(origins: ["https://a.example"])
        #expect(cors.headers(for: [.origin: "https://a.example"])[.accessControlAllowOrigin] == "https://a.example")
        #expect(cors.headers(for: [.origin: "https://b.example"])[.accessControlAllowOrigin] == nil)
        let open = CORSPolicy(origins: ["*"]).headers(for: [.origin: "https://b.example"])
        #expect(open[.accessControlAllowOrigin] == "*" && open[.accessControlAllowCredentials] == nil)
        #expect(CORSPolicy(origins: []).headers(for: [.origin: "https://b.example"]).isEmpty)
    }
}
