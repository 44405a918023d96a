import Persistence
import Synchronization

/// Where accepted tasks are announced to the supervisor, without waiting for it: a count for each lane.
final class Inbox: Sendable {
    private let arrivals = Mutex<[Lane: Int]>([:])
    private let signal: AsyncStream<Void>.Continuation
    /// Yields when there is something to look at.
    let signals: AsyncStream<Void>

    init() {
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func add(_ lane: Lane, count: Int = 1) {
        let wasEmpty = arrivals.withLock { arrivals in
            defer { arrivals[lane, default: 0] += count }
            return arrivals.isEmpty
        }
        if wasEmpty { wake() }
    }

    func take() -> [Lane: Int] {
        arrivals.withLock { arrivals in
            defer { arrivals = [:] }
            return arrivals
        }
    }

    /// Wakes the supervisor although nothing has arrived.
    func wake() {
        signal.yield()
    }

    func finish() {
        signal.finish()
    }
}
