import Knowledge
import Testing

@testable import Actors

@Suite struct TurnstileTests {
    @Test(arguments: 0..<200)
    func entriesGoThroughInTheOrderOfTheirTurns(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let count = Int.random(in: 1...60, using: &random)
        let passing = Set((0..<count).filter { _ in Bool.random(using: &random) })
        var turnstile = Turnstile<Int>()
        var through: [Int] = []
        for turn in (0..<count).shuffled(using: &random) {
            through += passing.contains(turn) ? turnstile.pass(turn: turn) : turnstile.arrive(turn, turn: turn)
            // Whoever has been through says so once more at the end of its run.
            if let last = through.last { #expect(turnstile.pass(turn: last).isEmpty) }
        }
        #expect(through == (0..<count).filter { !passing.contains($0) })
        #expect(turnstile.next == count)
        #expect(turnstile.isEmpty)
    }
}
