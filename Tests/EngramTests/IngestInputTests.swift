import Knowledge
import Testing

@testable import engram

@Suite struct IngestInputTests {
    private func split(_ text: String, chunk: Int, limit: Int = 1000) -> [LineSplitter.Line] {
        var splitter = LineSplitter(limit: limit)
        var lines: [LineSplitter.Line] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            lines += splitter.feed(Array(rest.prefix(chunk)))
            rest = rest.dropFirst(chunk)
        }
        return lines + (splitter.finish().map { [$0] } ?? [])
    }

    @Test(arguments: [1, 2, 3, 5, 100])
    func linesHoweverTheyCome(chunk: Int) {
        #expect(split("ab\r\n\nc\r", chunk: chunk) == [.bytes(Array("ab".utf8)), .bytes([]), .bytes(Array("c".utf8))])
        #expect(split("ab\n", chunk: chunk) == [.bytes(Array("ab".utf8))])
        #expect(split("", chunk: chunk).isEmpty)
    }

    @Test(arguments: [1, 4, 100])
    func aLineThatIsTooLongIsGoneAndTheNextIsThere(chunk: Int) {
        #expect(split("123456\nok\n", chunk: chunk, limit: 5) == [.tooLong, .bytes(Array("ok".utf8))])
    }

    @Test func wholeFiles() {
        func file(_ bytes: [UInt8], priority: String? = nil) -> WholeFile {
            WholeFile(bytes, format: .markdown, title: "a.md", project: "p", priority: priority)
        }
        guard case .body(let body) = file([0xEF, 0xBB, 0xBF] + Array("# Hi\n".utf8), priority: "bulk").content else {
            Issue.record("It is a memory.")
            return
        }
        #expect(body == ["project_id": "p", "title": "a.md", "content": "# Hi\n", "content_type": "markdown", "priority": "bulk"])
        if case .body = file([0xFF]).content { Issue.record("It is no text.") }
        if case .body = file(Array(" \n".utf8)).content { Issue.record("It is empty.") }
        #expect(file([1]).digest != file([2]).digest)
    }

    @Test func plansAreNamedByWhatTheyDo() {
        func plan(_ paths: [String], server: String = "s", project: String = "p", runID: String? = nil, directory: String = "/d")
            -> IngestPlan
        {
            IngestPlan(paths: paths, format: nil, server: server, project: project, runID: runID, directory: directory)
        }
        #expect(plan(["a.txt"]).digest == plan(["/d/a.txt"]).digest)
        let others = [
            plan(["b.txt"]), plan(["a.txt"], server: "t"), plan(["a.txt"], project: "q"), plan(["a.txt"], runID: "r"),
            plan(["a.txt"], directory: "/e")
        ]
        #expect(Set(others.map(\.digest) + [plan(["a.txt"]).digest]).count == 6)
        #expect(plan(["a", "b.MD", "c.jsonl", "d.json", "-"]).inputs.map(\.format) == [.text, .markdown, .ndjson, .json, nil])
    }

    @Test func digestsAreFNV() {
        #expect(Digest(of: "").description == "cbf29ce484222325")
        #expect(Digest(of: "foobar").description == "85944171f73967e8")
        #expect(Digest("85944171f73967e8") == Digest(of: "foobar"))
    }
}
