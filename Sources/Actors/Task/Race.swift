import Synchronization

/// A result that several may bring and one waits for: the first one counts.
final class Race<Value: Sendable>: Sendable {
    private enum State {
        case open(CheckedContinuation<Value, any Error>?)
        case won(Result<Value, any Error>)
    }

    private let state = Mutex(State.open(nil))

    /// Returns whether this was the first.
    @discardableResult
    func win(_ result: Result<Value, any Error>) -> Bool {
        let (isFirst, waiting) = state.withLock { state -> (Bool, CheckedContinuation<Value, any Error>?) in
            guard case .open(let waiting) = state else { return (false, nil) }
            state = .won(result)
            return (true, waiting)
        }
        waiting?.resume(with: result)
        return isFirst
    }

    /// Waits for the winner; to be called once.
    func value() async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let result = state.withLock { state -> Result<Value, any Error>? in
                if case .won(let result) = state { return result }
                state = .open(continuation)
                return nil
            }
            if let result { continuation.resume(with: result) }
        }
    }
}
