import Testing

@testable import engram

@Suite struct ServerAddressTests {
    @Test(arguments: [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000", true), ("https://LOCALHOST:8443/", "https://localhost:8443", true),
        ("http://[::1]:8000/api/v1/", "http://[::1]:8000", true), ("https://example.org/Engram?x#y", "https://example.org/Engram", false),
        ("http://127.evil.example", "http://127.evil.example", false), ("http://128.0.0.1", "http://128.0.0.1", false)
    ])
    func reads(text: String, base: String, isLoopback: Bool) {
        let address = ServerAddress(text)
        #expect(address?.base == base)
        #expect(address?.isLoopback == isLoopback)
    }

    @Test(arguments: [
        "", "127.0.0.1:8000", "ftp://x", "http://", "http://:80", "http://a b", "http://user@host", "http://h:99999", "http://[::1"
    ])
    func refuses(text: String) {
        #expect(ServerAddress(text) == nil)
    }

    @Test func watchTargets() {
        let id = "01890000-0000-7000-8000-000000000001"
        #expect(WatchTarget(id)?.path == "/api/v1/tasks/\(id)/stream")
        #expect(WatchTarget("/api/v1/tasks/\(id)/stream?ticket=t")?.path == "/api/v1/tasks/\(id)/stream?ticket=t")
        let target = WatchTarget("https://h:1/p/api/v1/tasks/\(id)/stream?ticket=t")
        #expect(target?.address?.base == "https://h:1/p")
        #expect(target?.task == id)
        #expect(WatchTarget("") == nil)
        #expect(WatchTarget("../keys") == nil)
        #expect(WatchTarget("ftp://h/api/v1/tasks/\(id)") == nil)
    }

    @Test func problems() {
        let body = Array(#"{"title":"Invalid","status":422,"detail":"Bad.","errors":[{"field":"content","message":"empty"}]}"#.utf8)
        let problem = ProblemError(status: 422, reason: "", body: body, retryAfter: "7")
        #expect(problem.description == "Bad. [content: empty]")
        #expect(problem.retryAfter == 7)
        #expect(!problem.isTransient)
        let page = ProblemError(status: 502, reason: "Bad Gateway", body: Array("<html>".utf8), retryAfter: "soon")
        #expect(page.description == "Bad Gateway (HTTP 502)")
        #expect(page.retryAfter == nil)
        #expect(page.isTransient)
    }
}
