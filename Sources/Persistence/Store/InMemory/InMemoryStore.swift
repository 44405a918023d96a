package import Knowledge
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A ``Store`` that forgets everything with the process: durable here means applied. It is what `--store memory` runs on.
///
/// A lock around one value, ``InMemoryState``; no method suspends, so that requests are applied in the order of their calls.
package final class InMemoryStore: Store {
    package let epoch: Int64
    package let numbering: GraphNumbering
    private let contents: Contents

    /// What successive boots share.
    private final class Contents: Sendable {
        let state: Mutex<InMemoryState>
        let source: NumberSource

        init(_ state: InMemoryState, _ source: NumberSource) {
            self.state = Mutex(state)
            self.source = source
        }
    }

    /// Makes a store that holds nothing but the project `Default`.
    /// - Parameters:
    ///   - now: when that project was made, and the time in new identifiers; the system's clock if `nil`.
    ///   - random: the random bits of new identifiers.
    package init(
        epoch: Int64 = 1, now: (@Sendable () -> Timestamp)? = nil,
        random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
        let source = NumberSource(now: now ?? { Self.systemTime }, random: random)
        self.epoch = epoch
        numbering = source.numbering
        contents = Contents(InMemoryState(epoch: epoch, defaultProject: source.identifier(), at: source.now()), source)
    }

    /// Opens what an earlier store holds as a new process would after the end of the earlier one, whether that was closed or
    /// not: the next epoch, tasks still in `processing`. The earlier store answers nothing any more. For tests of restarts.
    package init(reopening earlier: InMemoryStore) {
        contents = earlier.contents
        numbering = earlier.numbering
        epoch = contents.state.withLock { state in
            state.reboot()
            return state.epoch
        }
    }

    package func check() async throws { try access { _ in } }

    package func close() async {
        contents.state.withLock { state in
            if state.epoch == epoch { state.isClosed = true }
        }
    }

    package func commit(_ commit: EpisodeCommit) -> PendingCommit {
        let result = Result { try access { try $0.commit(commit, identifier: contents.source.identifier) } }
        return PendingCommit { try result.get() }
    }

    /// Runs one request under the lock.
    /// - Throws: `closed`, and what `body` throws.
    func access<Value: Sendable>(_ body: (inout InMemoryState) throws -> Value) throws -> Value {
        try contents.state.withLock { state in
            try state.authorize(epoch: epoch)
            return try body(&state)
        }
    }

    private static var systemTime: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }
}
