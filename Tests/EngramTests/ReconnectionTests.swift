import Knowledge
import Testing

@testable import engram

@Suite struct ReconnectionTests {
    private let start = ContinuousClock.now
    private let refused = UnreachableError(server: "s", reason: "the connection was refused")

    private func wait(_ action: StreamSession.Action) -> Duration? {
        if case .connect(let wait) = action { wait } else { nil }
    }

    @Test func waitsDoubleUpToFiveSecondsAndAreJittered() {
        var random = SplitMix64(seed: 1)
        var backoff = Backoff()
        for failures in 0..<40 {
            let full = min(Duration.seconds(5), .milliseconds(200) * (1 << min(failures, 16)))
            let wait = backoff.next(random: &random)
            #expect(wait >= full / 2 && wait <= full)
        }
        backoff.reset()
        #expect(backoff.next(random: &random) <= .milliseconds(200))
    }

    @Test func theServersWishIsTheLeast() {
        var random = SplitMix64(seed: 2)
        var backoff = Backoff()
        for _ in 0..<20 {
            let wait = backoff.next(atLeast: .seconds(7), random: &random)
            #expect(wait >= .seconds(7) && wait <= .seconds(7) * 1.2 + .milliseconds(1))
        }
    }

    @Test func patienceCountsFromTheLastContactAndAllowsALastAttempt() {
        var patience = Patience(limit: .seconds(10), now: start)
        #expect(patience.clipped(.seconds(3), at: start + .seconds(9)) == .seconds(1))
        patience.contact(at: start + .seconds(9))
        #expect(patience.clipped(.seconds(3), at: start + .seconds(9)) == .seconds(3))
        #expect(patience.clipped(.seconds(3), at: start + .seconds(19)) == nil)
    }

    @Test func aStreamGoesOnUntilThePatienceIsUsedUp() {
        var random = SplitMix64(seed: 3)
        var session = StreamSession(patience: Patience(limit: .seconds(60), now: start))
        session.received(lastEventID: "1-4", retryMilliseconds: 2000, hadEvent: true, at: start + .seconds(30))
        #expect(session.lastEventID == "1-4")
        let first = wait(session.ended(by: nil, at: start + .seconds(30), random: &random))
        #expect(first.map { $0 >= .seconds(2) && $0 < .seconds(3) } == true)
        #expect(wait(session.ended(by: refused, at: start + .seconds(89), random: &random)).map { $0 <= .seconds(1) } == true)
        guard case .fail(let error) = session.ended(by: refused, at: start + .seconds(90), random: &random) else {
            Issue.record("It should have given up.")
            return
        }
        #expect(error is UnreachableError)
    }

    @Test(arguments: [401, 403, 404])
    func theseAnswersEndAStream(status: Int) {
        var random = SplitMix64(seed: 4)
        var session = StreamSession(patience: Patience(limit: .seconds(60), now: start))
        #expect(wait(session.ended(by: ProblemError(status: status, title: "No"), at: start, random: &random)) == nil)
    }

    @Test func overloadIsWaitedFor() {
        var random = SplitMix64(seed: 5)
        var session = StreamSession(patience: Patience(limit: .seconds(60), now: start))
        let problem = ProblemError(status: 503, title: "Busy", retryAfter: 9)
        #expect(wait(session.ended(by: problem, at: start, random: &random)) == .seconds(9))
    }

    @Test func anUntrustedCertificateIsNotTriedAgain() {
        var random = SplitMix64(seed: 6)
        var session = StreamSession(patience: Patience(limit: .seconds(60), now: start))
        let error = UnreachableError(server: "s", reason: "untrusted", isPermanent: true)
        #expect(wait(session.ended(by: error, at: start, random: &random)) == nil)
    }
}

@Suite struct AbsenceTests {
    @Test func onlyALongAbsenceIsAnnouncedAndOnce() {
        let start = ContinuousClock.now
        var absence = Absence()
        absence.failed(ProblemError(status: 503, title: "Busy"), at: start)
        #expect(absence.announcement(at: start + .milliseconds(900)) == nil)
        absence.ended()
        absence.failed(ProblemError(status: 503, title: "Busy"), at: start + .seconds(2))
        absence.failed(ProblemError(status: 503, title: "Busy"), at: start + .seconds(3))
        #expect(absence.announcement(at: start + .seconds(3)) == "engram: Busy (HTTP 503) Trying again...")
        #expect(absence.announcement(at: start + .seconds(9)) == nil)
        #expect(absence.isAnnounced)
    }

    @Test func aFullQueueIsNoAbsence() {
        let start = ContinuousClock.now
        var absence = Absence()
        absence.failed(ProblemError(status: 429, title: "Slow down"), at: start)
        #expect(absence.announcement(at: start + .seconds(60)) == nil)
    }
}
