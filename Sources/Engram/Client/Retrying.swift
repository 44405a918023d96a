/// Repeats a request that may be repeated, until there is an answer or the patience is used up.
/// - Parameters:
///   - patience: counted from the first attempt.
///   - onTrouble: called with each failure that is going to be retried.
/// - Throws: the last failure, if it is one that time may heal; any other at once.
func retrying<Result: Sendable>(
    patience limit: Duration, onTrouble: (any Error) async -> Void, request: () async throws -> Result
) async throws -> Result {
    let clock = ContinuousClock()
    var random = SystemRandomNumberGenerator()
    var backoff = Backoff()
    let patience = Patience(limit: limit, now: clock.now)
    while true {
        let failure: any Error
        var atLeast = Duration.zero
        do {
            return try await request()
        } catch let problem as ProblemError where problem.isTransient {
            failure = problem
            atLeast = .seconds(problem.retryAfter ?? 0)
        } catch let error as UnreachableError where !error.isPermanent {
            failure = error
        }
        guard let wait = patience.clipped(backoff.next(atLeast: atLeast, random: &random), at: clock.now) else { throw failure }
        await onTrouble(failure)
        try await clock.sleep(for: wait)
    }
}
