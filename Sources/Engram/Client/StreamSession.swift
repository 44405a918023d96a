/// What a stream's reader does next, decided without doing it: the reconnections of one logical stream.
struct StreamSession {
    enum Action {
        /// Connect (again) after this time.
        case connect(after: Duration)
        /// The stream cannot go on.
        case fail(any Error)
    }

    private var backoff: Backoff
    private var patience: Patience
    private var retry: Duration = .zero
    private(set) var lastEventID = ""

    init(backoff: Backoff = Backoff(), patience: Patience) {
        self.backoff = backoff
        self.patience = patience
    }

    /// Bytes came. An event, rather than an accepted connection alone, ends the doubling of waits: a server that accepts and closes at
    /// once is not stormed.
    mutating func received(lastEventID: String, retryMilliseconds: Int64?, hadEvent: Bool, at now: ContinuousClock.Instant) {
        patience.contact(at: now)
        self.lastEventID = lastEventID
        if let retryMilliseconds { retry = .milliseconds(min(retryMilliseconds, 60_000)) }
        if hadEvent { backoff.reset() }
    }

    /// The connection ended, or none came about.
    /// - Parameter error: why; `nil` when the server closed the stream in good order.
    mutating func ended(
        by error: (any Error)?, at now: ContinuousClock.Instant, random: inout some RandomNumberGenerator
    ) -> Action {
        var wait = backoff.next(atLeast: retry, random: &random)
        switch error {
        case let error as ProblemError:
            if error.isNotAllowed || error.status == 404 { return .fail(error) }
            if let seconds = error.retryAfter { wait = max(wait, .seconds(seconds)) }
        case let error as UnreachableError where error.isPermanent:
            return .fail(error)
        case is ContractError, is CancellationError:
            return .fail(error ?? CancellationError())
        default:
            break
        }
        if let wait = patience.clipped(wait, at: now) { return .connect(after: wait) }
        return .fail(error ?? PatienceExhausted())
    }

    /// The server kept closing the stream without an event for as long as was allowed.
    struct PatienceExhausted: Error, CustomStringConvertible {
        let description = "it keeps closing the stream"
    }
}
