/// How long to wait before the next attempt: doubling from `base` to `ceiling`, of which a random part of up to one half is
/// taken off, so that many clients of a restarted server do not come back in one moment.
struct Backoff: Sendable {
    let base: Duration
    let ceiling: Duration
    private var failures = 0

    init(base: Duration = .milliseconds(200), ceiling: Duration = .seconds(5)) {
        self.base = base
        self.ceiling = ceiling
    }

    /// Forgets the failures so far; to be called when an attempt succeeded.
    mutating func reset() {
        failures = 0
    }

    /// The wait before the next attempt.
    /// - Parameters:
    ///   - atLeast: what the server asked for with `Retry-After` or `retry:`; up to a fifth more is added to it.
    ///   - random: the source of the jitter.
    mutating func next(atLeast: Duration = .zero, random: inout some RandomNumberGenerator) -> Duration {
        let full = min(ceiling, base * (1 << min(failures, 16)))
        failures += 1
        let own = full * Double.random(in: 0.5...1, using: &random)
        guard atLeast > .zero else { return own }
        return max(own, atLeast * Double.random(in: 1...1.2, using: &random))
    }
}
