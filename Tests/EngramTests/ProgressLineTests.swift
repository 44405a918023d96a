import Knowledge
import Testing

@testable import engram

@Suite struct ProgressLineTests {
    private let line = ProgressLine(fraction: 0.42, counts: "420/1,000 done", message: "Extracting entities and relationships...")

    @Test(arguments: 1...200)
    func neverFillsTheLastColumn(width: Int) {
        #expect(line.rendered(width: width, color: false).count < max(2, width))
        #expect(ProgressLine(fraction: nil, counts: "", message: line.message).rendered(width: width, color: false).count < max(2, width))
    }

    @Test func widths() {
        #expect(line.rendered(width: 24, color: false) == " 42 %  420/1,000 done")
        #expect(line.rendered(width: 60, color: false) == "━━━━━───────  42 %  420/1,000 done  Extracting entities an…")
        #expect(line.rendered(width: 200, color: false).hasSuffix(line.message))
        #expect(line.plain == " 42 %  420/1,000 done")
        #expect(ProgressLine(fraction: 1, counts: "", message: "").plain == "100 %")
    }

    @Test func colourOnlyWhenAsked() {
        #expect(!line.rendered(width: 100, color: false).contains("\u{1B}"))
        #expect(line.rendered(width: 100, color: true).contains("\u{1B}[32m"))
    }

    @Test func aServerCannotSteerTheTerminal() {
        let evil = ProgressLine(fraction: nil, counts: "", message: "a\u{1B}[2Jb\u{7}\nc\u{202E}d")
        #expect(evil.rendered(width: 80, color: false) == "a [2Jb  c d")
    }

    @Test func standing() {
        var standing = IngestStanding(submitted: 450, ended: 100, failed: 3, rejected: 0, rate: 31.4, seconds: 3)
        #expect(standing.counts == "100 done, 450 submitted, 3 failed, 31/s")
        standing.total = 2000
        standing.remaining = 61
        #expect(standing.counts == "100/2,000 done, 3 failed, 31/s, 61 s left")
        standing.ended = 2000
        #expect(standing.counts == "2,000/2,000 done, 3 failed, 31/s")
        #expect(
            [0, 99, 100, 121, 5_940, 6_000, 12_345].map(IngestStanding.duration)
                == ["0 s", "99 s", "2 min", "3 min", "99 min", "1 h 40 min", "3 h 26 min"])
    }

    @Test func sharesAreBytesWhereAllAreKnown() {
        var shares = InputShares(lengths: [100, 300, 0, 599], settled: 1)
        #expect(shares.fraction([:]) == 0.1)
        #expect(shares.fraction([1: 0.5]) == 0.25)
        shares.settle(1)
        shares.settle(2)
        #expect(shares.fraction([3: 1]) == 1)
        #expect(InputShares(lengths: [1000, nil], settled: 0).fraction([0: 1]) == 0.5)
    }

    @Test func updates() throws {
        let event = ServerSentEvent(
            type: "progress", data: #"{"progress":30,"stage":"extract","message":"Extracting...","attempt":1}"#, id: "1-1")
        let update = try #require(try TaskUpdate(event))
        #expect(update.line == "  30 %  Extracting...")
        #expect(update.json([JSON.Member("task_id", "t")]).text.hasPrefix(#"{"event":"progress","task_id":"t","progress":30,"#))
        #expect(try TaskUpdate(ServerSentEvent(type: "news", data: "x", id: "")) == nil)
        #expect(throws: ContractError.self) { try TaskUpdate(ServerSentEvent(type: "failed", data: "x", id: "")) }
        #expect(TaskUpdate(task: ["status": "Cancelled"]).kind == .cancelled)
        let ended = TaskUpdate(task: ["status": "Failed", "progress": 100]).json([], as: "import_ended").text
        #expect(ended.hasPrefix(#"{"event":"import_ended","status":"failed","progress":100"#))
        #expect(TaskUpdate(task: ["status": "Pending"]).kind == .progress)
    }

    @Test func summary() {
        var tally = Tally()
        for _ in 0..<1200 { tally.add(.completed(Receipt(["entities_created": 2, "relationships_created": 1]))) }
        tally.add(.rejected)
        let summary = IngestSummary(runID: "r", tally: tally, rate: 40, seconds: 30.04)
        #expect(
            summary.lines == [
                "1,201 memories: 1,200 completed, 0 failed, 1 rejected", "2,400 entities and 1,200 relationships created", "30.0 s, 40/s"
            ])
        #expect(summary.json["entities_created"]?.integer == 2400)
    }

    @Test func tables() {
        let table = KeyList.table([
            ["key_id": "k1", "name": "ci", "permissions": ["read", "write"], "created_at": "2026-01-02T03:04:05.000Z"]
        ])
        #expect(table.lines == ["ID  NAME  ROLE    KEY  CREATED     EXPIRES", "k1  ci    editor  -    2026-01-02  never"])
    }
}
