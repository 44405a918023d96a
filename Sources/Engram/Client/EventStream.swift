import AsyncHTTPClient
import NIOCore

/// A stream of the server, read across broken connections and restarts.
struct EventStream: Sendable {
    let client: EngramClient
    /// From the root on, as `stream_url` has it.
    let path: String
    /// How long the server may be away, counted from the last byte.
    let patience: Duration

    /// Reads until the stream is over.
    /// - Parameters:
    ///   - onTrouble: called with each failure that is going to be retried.
    ///   - onEvent: called with each event in order; what it returns, if anything, ends the reading.
    /// - Returns: what `onEvent` returned; `nil` when the server answered 204, there being nothing more.
    /// - Throws: ``ProblemError`` (401, 403 and 404 at once), ``UnreachableError``, ``ContractError``, `CancellationError`.
    func read<Ending: Sendable>(
        onTrouble: @Sendable (any Error) async -> Void = { _ in },
        onEvent: @Sendable (ServerSentEvent) async throws -> Ending?
    ) async throws -> Ending? {
        let clock = ContinuousClock()
        var random = SystemRandomNumberGenerator()
        var session = StreamSession(patience: Patience(limit: patience, now: clock.now))
        while true {
            var failure: (any Error)?
            do {
                switch try await connect(&session, clock, onEvent) {
                case .ended(let ending): return ending
                case .noContent: return nil
                case .cut: break
                }
            } catch {
                failure = error
            }
            try Task.checkCancellation()
            switch session.ended(by: failure, at: clock.now, random: &random) {
            case .connect(let wait):
                if let failure { await onTrouble(failure) }
                try await clock.sleep(for: wait)
            case .fail(let error as StreamSession.PatienceExhausted):
                throw UnreachableError(server: client.address.base, reason: error.description)
            case .fail(let error):
                throw error
            }
        }
    }

    private enum Connection<Ending> {
        case ended(Ending)
        case noContent
        /// The server closed it before its time.
        case cut
    }

    /// One connection, to its end.
    private func connect<Ending: Sendable>(
        _ session: inout StreamSession, _ clock: ContinuousClock, _ onEvent: @Sendable (ServerSentEvent) async throws -> Ending?
    ) async throws -> Connection<Ending> {
        guard let response = try await client.open(path, lastEventID: session.lastEventID) else { return .noContent }
        var parser = EventParser(lastEventID: session.lastEventID)
        var body = response.body.makeAsyncIterator()
        while true {
            let chunk: ByteBuffer?
            do {
                chunk = try await body.next()
            } catch {
                try Task.checkCancellation()
                throw client.unreachable(error)
            }
            guard let chunk else { return .cut }
            let events = try parser.feed(chunk.readableBytesView)
            session.received(
                lastEventID: parser.lastEventID, retryMilliseconds: parser.retryMilliseconds, hadEvent: !events.isEmpty, at: clock.now)
            for event in events {
                if let ending = try await onEvent(event) { return .ended(ending) }
            }
        }
    }
}
