/// How often a task is tried, and how long it waits between.
package struct RetryPolicy: Sendable {
    /// How many attempts may fail for a reason worth another try.
    package var failureLimit = 3
    /// How often a task may be claimed in all, ends of the process included: an episode that crashes the server ends here.
    package var claimLimit = 20
    package var base: Duration = .seconds(1)
    package var longest: Duration = .seconds(60)

    package init() {}

    /// Exponential back-off with full jitter (M. Brooker, "Exponential Backoff And Jitter", AWS 2015).
    /// - Parameter failures: how many have happened, from 1.
    package func pause(after failures: Int, random: inout some RandomNumberGenerator) -> Duration {
        let ceiling = min(longest, base * (1 << min(16, max(0, failures - 1))))
        return ceiling * Double.random(in: 0...1, using: &random)
    }
}
