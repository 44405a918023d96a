import DequeModule
import Knowledge
import Persistence
import Synchronization

/// A mailbox of task updates with one consumer, which is told once however much has come: ``arrivals`` yields, then
/// ``take()`` empties the box.
///
/// Bounded: ``room`` updates in all, and beyond them ``perTask`` of each watched task; where both are taken up the oldest progress of that task goes,
/// never its end.
package final class ProgressOutlet: Sendable {
    package static let perTask = 16
    /// A burst of changes that come faster than the consumer's thread wakes up is shown whole.
    package static let room = 4096

    private struct Box {
        var tasks: [Identifier] = []
        var updates: [Identifier: Deque<TaskUpdate>] = [:]
        var count = 0
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
            if box.updates[id] == nil { box.tasks.append(id) }
            Self.insert(update, into: &box.updates[id, default: []], of: &box.count)
            return box.count == 1
        }
        if wasEmpty { signal.yield() }
    }

    private static func insert(_ update: TaskUpdate, into updates: inout Deque<TaskUpdate>, of count: inout Int) {
        if count >= room, updates.count >= perTask, let oldest = updates.firstIndex(where: { !$0.task.status.isTerminal }) {
            updates.remove(at: oldest)
            count -= 1
        }
        updates.append(update)
        count += 1
    }

    /// Everything that has come since the last call: task by task, and in order for each.
    package func take() -> [TaskUpdate] {
        let taken = box.withLock { box in
            let taken = box
            box = Box()
            return taken
        }
        return taken.tasks.flatMap { taken.updates[$0] ?? [] }
    }

    package func finish() {
        signal.finish()
    }
}
