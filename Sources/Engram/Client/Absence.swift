/// Decides when a server's failures are worth a line: once it has been away for a second, and not for every broken connection.
struct Absence: Sendable {
    private var since: ContinuousClock.Instant?
    private var reason = ""
    private(set) var isAnnounced = false

    mutating func failed(_ error: any Error, at now: ContinuousClock.Instant) {
        // A queue that is full for a moment is no absence.
        if let problem = error as? ProblemError, problem.status == 429 { return }
        since = since ?? now
        reason = "\(error)".printable
    }

    /// There was a sign of life.
    mutating func ended() {
        since = nil
        isAnnounced = false
    }

    /// The line to show now, if any.
    mutating func announcement(at now: ContinuousClock.Instant) -> String? {
        guard let since, !isAnnounced, since.duration(to: now) >= .seconds(1) else { return nil }
        isAnnounced = true
        return "engram: \(reason) Trying again..."
    }
}
