import Knowledge
import Testing

@testable import Actors

@Suite struct WatchdogTests {
    @Test(arguments: 0..<300)
    func theVerdictComesAtTheDeadlineAndNotBefore(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var deadlines = Deadlines()
        deadlines.total = .seconds(Int.random(in: 1...600, using: &random))
        deadlines.silence = .seconds(Int.random(in: 1...120, using: &random))
        var watchdog = Watchdog(deadlines)
        var heard = Duration.zero
        for _ in 0..<20 {
            let deadline = watchdog.nextDeadline
            #expect(deadline == min(deadlines.total, heard + deadlines.silence))
            #expect(watchdog.verdict(at: deadline - .milliseconds(1)) == nil)
            let failure = watchdog.verdict(at: deadline)?.failure
            #expect(failure == (deadline == deadlines.total ? .timedOut : .silent))
            heard += .milliseconds(Int.random(in: 0...30_000, using: &random))
            watchdog.heard(at: heard)
        }
    }

    @Test func saysWhatWasWrong() {
        let watchdog = Watchdog(Deadlines())
        #expect(watchdog.verdict(at: .seconds(120))?.message == "The extractor reported nothing for 120 s.")
        #expect(watchdog.verdict(at: .seconds(600))?.message == "The extractor was not done after 600 s.")
        #expect(Duration.milliseconds(250).inSeconds == "0.25 s")
    }
}
