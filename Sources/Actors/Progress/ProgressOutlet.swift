import Knowledge
import Persistence
import Synchronization

/// A mailbox of task updates with one consumer, which is told once however much has come: ``arrivals`` yields, then
/// ``take()`` empties the box.
///
/// Bounded: ``perTask`` updates of each watched task; beyond that the oldest progress of that task goes, never its end.
package final class ProgressOutlet: Sendable {
    package static let perTask = 16

    private struct Box {
        var updates: [TaskUpdate] = []
        var counts: [Identifier: Int] = [:]
    }

    private let box = Mutex(Box())
    private let signal: AsyncStream<Void>.Continuation
    /// Yields when the box has become non-empty; to be iterated by one task. Finishes with ``finish()``.
    package let arrivals: AsyncStream<Void>

    package init() {
        (arrivals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    package func deliver(_ update: TaskUpdate) {
        let wasEmpty = box.withLock { box in
            let id = update.task.id
            if box.counts[id, default: 0] >= Self.perTask,
                let oldest = box.updates.firstIndex(where: { $0.task.id == id && !$0.task.status.isTerminal })
            {
                box.updates.remove(at: oldest)
                box.counts[id, default: 1] -= 1
            }
            box.counts[id, default: 0] += 1
            box.updates.append(update)
            return box.updates.count == 1
        }
        if wasEmpty { signal.yield() }
    }

    /// Everything that has come since the last call, in order for each task.
    package func take() -> [TaskUpdate] {
        box.withLock { box in
            let updates = box.updates
            box = Box()
            return updates
        }
    }

    package func finish() {
        signal.finish()
    }
}
