/// How long a silent server is waited for, counted from the last sign of life.
struct Patience: Sendable {
    let limit: Duration
    private(set) var lastContact: ContinuousClock.Instant

    init(limit: Duration, now: ContinuousClock.Instant) {
        self.limit = limit
        lastContact = now
    }

    mutating func contact(at now: ContinuousClock.Instant) {
        lastContact = now
    }

    /// The wait that is left of `wait`, so that the last attempt is made when the patience ends; `nil` once it has.
    func clipped(_ wait: Duration, at now: ContinuousClock.Instant) -> Duration? {
        let left = limit - lastContact.duration(to: now)
        return left > .zero ? min(wait, left) : nil
    }
}
