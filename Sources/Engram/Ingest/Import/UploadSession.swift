/// When a broken upload is tried again, decided without doing it.
struct UploadSession {
    private var backoff: Backoff
    private var patience: Patience
    private var furthest: Int64 = 0
    private var lastSums: ImportSums?
    /// Whether an attempt has been made in vain: the import's state is to be asked for before the next.
    private(set) var hasFailed = false

    init(backoff: Backoff = Backoff(), patience: Patience) {
        self.backoff = backoff
        self.patience = patience
    }

    /// The import is still open. When it has moved since it was last asked for, that counts as a sign of life, so that a server which
    /// takes a little each time is not given up.
    mutating func found(_ sums: ImportSums, at now: ContinuousClock.Instant) {
        defer { lastSums = sums }
        guard sums != lastSums else { return }
        patience.contact(at: now)
        backoff.reset()
    }

    /// An attempt failed.
    /// - Parameter sent: how far it came. An attempt that came further than all before it was alive until now.
    /// - Returns: how long to wait before the next.
    /// - Throws: `error`, if it is none that time may heal, or the patience is used up.
    mutating func wait(
        after error: any Error, sent: Int64, at now: ContinuousClock.Instant, random: inout some RandomNumberGenerator
    ) throws -> Duration {
        hasFailed = true
        if sent > furthest {
            furthest = sent
            patience.contact(at: now)
        }
        var atLeast = Duration.zero
        switch error {
        case let problem as ProblemError where problem.isTransient: atLeast = .seconds(problem.retryAfter ?? 0)
        case let error as UnreachableError where !error.isPermanent: break
        default: throw error
        }
        guard let wait = patience.clipped(backoff.next(atLeast: atLeast, random: &random), at: now) else { throw error }
        return wait
    }
}
