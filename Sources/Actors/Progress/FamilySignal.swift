package import Knowledge
import Synchronization

/// Which imports something has happened to, said by anyone at any time and heard by one: ``changes`` yields when there is something to
/// ``take()``.
package final class FamilySignal: Sendable {
    private let changed = Mutex<Set<Identifier>>([])
    private let signal: AsyncStream<Void>.Continuation
    /// To be iterated by one task.
    package let changes: AsyncStream<Void>

    package init() {
        (changes, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    package func say(_ parent: Identifier) {
        let isFirst = changed.withLock { changed in
            defer { changed.insert(parent) }
            return changed.isEmpty
        }
        if isFirst { signal.yield() }
    }

    package func take() -> Set<Identifier> {
        changed.withLock { changed in
            defer { changed = [] }
            return changed
        }
    }
}
