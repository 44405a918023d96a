import Knowledge
import Testing

@testable import engram

@Suite struct ImportTests {
    private let start = ContinuousClock.now
    private let refused = UnreachableError(server: "s", reason: "the connection was refused")

    @Test func sumsAreReadFromAResult() throws {
        let json = try JSON.parse(
            """
            {"accepted":10,"revised":2,"unchanged":3,"rejected":4,"completed":8,"failed":2,"cancelled":1,"entities_created":5,
             "relationships_created":6,"warning":"w","failures":[{"task_id":"t","memory_id":"m","line":17,"error":"why"},{"error":"x"}]}
            """)
        let sums = ImportSums(json)
        #expect((sums.submitted, sums.lines, sums.ended) == (12, 19, 18))
        #expect(sums.failures.map(\.line) == [17, nil])
        #expect(sums.failures.first?.error == "why")
        let tally = sums.tally(of: .failed)
        #expect((tally.completed, tally.failed, tally.cancelled, tally.rejected, tally.unchanged) == (8, 2, 1, 4, 3))
        #expect(tally.receipt.entitiesCreated == 5)
        #expect(sums.tallyOfUpload.submitted == 12)
        #expect(sums.tallyOfUpload.memories == 19)
    }

    @Test func aTargetIsWhereTheServerSays() throws {
        #expect(try ImportEntry.Target(["task_id": "t", "upload_url": "/api/v1/x/y"]) == ImportEntry.Target(task: "t", path: "/x/y"))
        for url: JSON in ["http://elsewhere/api/v1/x", "/x", 7, .null] {
            #expect(throws: ContractError.self) { try ImportEntry.Target(["task_id": "t", "upload_url": url]) }
        }
    }

    /// A cancelled import's memories are cancelled by and by; nothing of it is left out of the sums.
    @Test func cancelledImportsHaveNothingOpen() {
        let sums = ImportSums(["accepted": 10, "completed": 3, "cancelled": 2])
        #expect(sums.tally(of: .completed).cancelled == 2)
        #expect(sums.tally(of: .cancelled).cancelled == 7)
        #expect(sums.tally(of: .cancelled).memories == 10)
    }

    @Test func supersededMemoriesAreNoFailures() {
        let sums = ImportSums(["accepted": 10, "revised": 2, "completed": 10, "superseded": 2])
        #expect(sums.ended == 12)
        #expect(sums.tally(of: .completed).superseded == 2)
        #expect(sums.tally(of: .completed).memories == 12)
        #expect(!sums.tally(of: .completed).hasFailures)
        #expect(ImportSums(["accepted": 10, "completed": 3, "superseded": 2]).tally(of: .cancelled).cancelled == 5)
    }

    @Test func whatIsForgottenWasSubmittedAndNotWatched() {
        let tally = ImportSums(["accepted": 3, "revised": 1, "unchanged": 5, "rejected": 6]).tallyOfUpload.forgotten
        #expect((tally.submitted, tally.unwatched, tally.unchanged, tally.rejected) == (0, 4, 5, 6))
    }

    @Test func aTargetKnowsItsProject() {
        #expect(ImportEntry.Target(task: "t", path: "/projects/p/imports/t").project == "p")
        #expect(ImportEntry.Target(task: "t", path: "/elsewhere/t").project == nil)
    }

    @Test func anImportThatBrokeAsAWholeIsAFailureToo() {
        #expect(!ImportSums().tally(of: .completed).hasFailures)
        #expect(ImportSums(["accepted": 2, "completed": 2]).tally(of: .failed).failed == 1)
        #expect(ImportSums().tally(of: .cancelled).cancelled == 1)
    }

    @Test(arguments: [#"{}"#, #"{"accepted":-5,"failures":[1,"x"]}"#, #"{"accepted":"many","failures":{}}"#, "[]", "null"])
    func nonsenseCountsAsNothing(text: String) throws {
        let sums = ImportSums(try JSON.parse(text))
        #expect(sums.lines == 0)
        #expect(sums.ended == 0)
    }

    @Test func anUploadThatCameFartherWasAliveUntilThen() throws {
        var random = SplitMix64(seed: 1)
        var session = UploadSession(patience: Patience(limit: .seconds(60), now: start))
        #expect(!session.hasFailed)
        _ = try session.wait(after: refused, sent: 1000, at: start + .seconds(3600), random: &random)
        #expect(session.hasFailed)
        _ = try session.wait(after: refused, sent: 1000, at: start + .seconds(3650), random: &random)
        let last = Result { try session.wait(after: refused, sent: 500, at: start + .seconds(3661), random: &random) }
        #expect(throws: UnreachableError.self) { try last.get() }
    }

    @Test func anImportThatMovesIsNotGivenUp() throws {
        var random = SplitMix64(seed: 2)
        var session = UploadSession(patience: Patience(limit: .seconds(60), now: start))
        for attempt in 1...50 {
            let now = start + .seconds(50 * attempt)
            session.found(ImportSums(["accepted": .number("\(attempt)")]), at: now)
            _ = try session.wait(after: refused, sent: 0, at: now + .seconds(1), random: &random)
        }
        let last = start + .seconds(2500)
        session.found(ImportSums(["accepted": 50]), at: last + .seconds(59))
        let end = Result { try session.wait(after: refused, sent: 0, at: last + .seconds(60), random: &random) }
        #expect(throws: UnreachableError.self) { try end.get() }
    }

    @Test func onlyWhatTimeMayHealIsTriedAgain() throws {
        var random = SplitMix64(seed: 3)
        var session = UploadSession(patience: Patience(limit: .seconds(60), now: start))
        let busy = ProblemError(status: 409, title: "Busy", retryAfter: 2)
        let wait = try session.wait(after: busy, sent: 0, at: start, random: &random)
        #expect(wait >= .seconds(2))
        for error: any Error in [ProblemError(status: 409, title: "Conflict"), FileError.becameShorter("f"), CancellationError()] {
            let result = Result { try session.wait(after: error, sent: 9, at: start, random: &random) }
            #expect(throws: (any Error).self) { try result.get() }
        }
    }
}
