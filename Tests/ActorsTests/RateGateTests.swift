import Knowledge
import Testing

@testable import Actors

@Suite struct RateGateTests {
    /// Leave that must be given.
    private func admitted(_ gate: inout RateGate, at seconds: Int) throws -> RateGate.Admission {
        let admission = gate.admit(at: .seconds(seconds))
        return try #require(admission)
    }

    private func isRefused(_ gate: inout RateGate, at seconds: Int) -> Bool {
        let wasAdmitting = gate.isAdmitting(at: .seconds(seconds))
        return gate.admit(at: .seconds(seconds)) == nil && !wasAdmitting
    }

    @Test func aLimitClosesItForAllAndOneIsLetThroughAfterwards() throws {
        var gate = RateGate()
        let first = try admitted(&gate, at: 1)
        let second = try admitted(&gate, at: 1)
        gate.limited(first, until: .seconds(30))
        #expect(isRefused(&gate, at: 29))
        // The answer to a request from before says nothing about the limit; a longer one counts.
        gate.answered(second)
        #expect(isRefused(&gate, at: 29))
        gate.limited(second, until: .seconds(40))
        gate.limited(second, until: .seconds(20))
        #expect(isRefused(&gate, at: 39))
        let probe = try admitted(&gate, at: 40)
        #expect(isRefused(&gate, at: 100))
        gate.limited(probe, until: .seconds(130))
        #expect(isRefused(&gate, at: 129))
        let next = try admitted(&gate, at: 130)
        gate.withdrawn(next, at: .seconds(131))
        let last = try admitted(&gate, at: 131)
        gate.answered(last)
        for _ in 0..<2 { _ = try admitted(&gate, at: 131) }
    }

    /// Whatever happens: while a probe is out nobody else is let through, nobody before the time is over, and it never stays shut for ever.
    @Test(arguments: 0..<300)
    func anySequenceKeepsTheInvariants(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var gate = RateGate()
        var now = Duration.zero
        var out: [RateGate.Admission] = []
        var probe: RateGate.Admission?
        for _ in 0..<100 {
            now += .milliseconds(Int.random(in: 0...5000, using: &random))
            if Bool.random(using: &random) {
                let wasAdmitting = gate.isAdmitting(at: now)
                let admission = gate.admit(at: now)
                #expect((admission != nil) == wasAdmitting)
                guard let admission else { continue }
                #expect(probe == nil, "the others wait for the probe")
                if admission.isProbe { probe = admission }
                out.append(admission)
            } else if let index = out.indices.randomElement(using: &random) {
                let admission = out.remove(at: index)
                switch Int.random(in: 0..<3, using: &random) {
                case 0:
                    let until = now + .milliseconds(Int.random(in: 1...9000, using: &random))
                    gate.limited(admission, until: until)
                    probe = nil
                    let early = gate.admit(at: until - .milliseconds(1))
                    #expect(early == nil)
                case 1:
                    gate.answered(admission)
                    if admission == probe { probe = nil }
                default:
                    gate.withdrawn(admission, at: now)
                    if admission == probe { probe = nil }
                }
            }
        }
        for admission in out { gate.answered(admission) }
        now += .seconds(10)
        if let probe = gate.admit(at: now) { gate.answered(probe) }
        #expect(gate.isAdmitting(at: now))
    }
}
