/// Watches over one extraction: a pure machine that is told what was heard of it, and says when its time is over.
struct Watchdog: Sendable {
    private let deadlines: Deadlines
    private let beganAt: Duration
    private var heardAt: Duration

    /// - Parameter now: when the extraction begins; all times are those of one clock.
    init(_ deadlines: Deadlines, at now: Duration = .zero) {
        self.deadlines = deadlines
        beganAt = now
        heardAt = now
    }

    /// The extraction reported progress.
    mutating func heard(at now: Duration) {
        heardAt = max(heardAt, now)
    }

    /// When its time is over unless something is heard of it.
    var nextDeadline: Duration { min(beganAt + deadlines.total, heardAt + deadlines.silence) }

    /// What is wrong with it; `nil` while its time is not over.
    func verdict(at now: Duration) -> ExtractionError? {
        if now >= beganAt + deadlines.total {
            return ExtractionError("The extractor was not done after \(deadlines.total.inSeconds).", .timedOut)
        }
        guard now >= heardAt + deadlines.silence else { return nil }
        return ExtractionError("The extractor reported nothing for \(deadlines.silence.inSeconds).", .silent)
    }
}

extension Duration {
    /// As `120 s` or `0.25 s`.
    package var inSeconds: String {
        let milliseconds = components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
        let seconds = Double(milliseconds) / 1000
        return seconds == seconds.rounded() ? "\(Int64(seconds)) s" : "\(seconds) s"
    }
}
