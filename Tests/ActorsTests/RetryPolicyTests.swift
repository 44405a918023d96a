import Knowledge
import Testing

@testable import Actors

@Suite struct RetryPolicyTests {
    @Test(arguments: 0..<200)
    func pausesAreJitteredBoundedAndNeverShorterThanTheProviderAsks(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var policy = RetryPolicy()
        policy.retryable = RetryPolicy.Rule(
            attempts: 30, base: .milliseconds(Int.random(in: 1...5000, using: &random)),
            longest: .seconds(Int.random(in: 1...90, using: &random)))
        policy.rateLimited = policy.retryable
        for failures in 1..<30 {
            let ceiling = min(policy.retryable.longest, policy.retryable.base * (1 << min(16, failures - 1)))
            let pause = policy.pause(after: .retryable, failures: failures, random: &random)
            #expect(pause.map { (.zero...ceiling).contains($0) } == true)
            let asked = Duration.milliseconds(Int.random(in: 0...100_000, using: &random))
            let told = policy.pause(after: .rateLimited(retryAfter: asked), failures: failures, random: &random)
            #expect(told.map { $0 >= asked && $0 <= asked + max(ceiling, policy.rateLimited.base) } == true)
        }
    }

    @Test func attemptsEndAtTheLimitOfTheirKind() {
        let policy = RetryPolicy()
        var random = SplitMix64(seed: 1)
        func pauses(_ failure: FailureClass) -> Int {
            (1...100).prefix { policy.pause(after: failure, failures: $0, random: &random) != nil }.count
        }
        #expect(pauses(.retryable) == 4)
        #expect(pauses(.rateLimited(retryAfter: nil)) == 49)
        #expect(pauses(.timedOut) == 2)
        #expect(pauses(.silent) == 2)
        #expect(pauses(.permanent) == 0)
    }

    @Test func theBackOffUsesItsWholeRange() {
        let policy = RetryPolicy()
        var random = SplitMix64(seed: 7)
        let pauses = (0..<1000).compactMap { _ in policy.pause(after: .retryable, failures: 3, random: &random) }
        #expect(pauses.contains { $0 < .milliseconds(400) } && pauses.contains { $0 > .milliseconds(3600) })
        #expect(pauses.allSatisfy { $0 <= .seconds(4) })
    }
}
