/// How often a task is tried, and how long it waits between: for each group of failures by itself.
package struct RetryPolicy: Sendable, Equatable {
    package struct Rule: Sendable, Equatable {
        /// How many attempts may fail in this way, the last one included.
        package var attempts: Int
        /// The longest pause after the first failure; it doubles with each further one.
        package var base: Duration
        /// What no pause exceeds, unless the provider asks for a longer one.
        package var longest: Duration

        package init(attempts: Int, base: Duration = .seconds(1), longest: Duration = .seconds(60)) {
            self.attempts = attempts
            self.base = base
            self.longest = longest
        }
    }

    package var retryable = Rule(attempts: 5)
    package var rateLimited = Rule(attempts: 50)
    package var timedOut = Rule(attempts: 3)
    /// How often the process may end while a task is in hand: one that crashes the server ends here.
    package var interruptionLimit = 10

    package init() {}

    package subscript(group: FailureClass.Group) -> Rule {
        get {
            switch group {
            case .retryable: retryable
            case .rateLimited: rateLimited
            case .timedOut: timedOut
            }
        }
        set {
            switch group {
            case .retryable: retryable = newValue
            case .rateLimited: rateLimited = newValue
            case .timedOut: timedOut = newValue
            }
        }
    }

    /// Exponential back-off with full jitter (M. Brooker, "Exponential Backoff And Jitter", AWS 2015). A provider's own word is never undercut: the
    /// jitter comes on top of it.
    /// - Parameter failures: how many of the group have happened, this one included.
    /// - Returns: how long to wait before another attempt; `nil`: there is none.
    package func pause(after failure: FailureClass, failures: Int, random: inout some RandomNumberGenerator) -> Duration? {
        guard let group = failure.group, failures < self[group].attempts else { return nil }
        let rule = self[group]
        let ceiling = min(rule.longest, rule.base * (1 << min(16, max(0, failures - 1))))
        let jitter = ceiling * Double.random(in: 0...1, using: &random)
        guard case .rateLimited(let asked?) = failure, asked > .zero else { return jitter }
        // Enough to keep the waiting from coming back all at once.
        return asked + min(jitter, max(rule.base, asked * 0.1))
    }
}
