import Knowledge
import Persistence
import Synchronization

/// The ``TaskTally`` of a database, and the changes of the transaction under way: they count once that is committed.
final class TaskLedger: Sendable {
    enum Entry: Sendable {
        case change(TaskTally.Change)
        case projectDeleted(ProjectNumber)
        case projectPurged(ProjectNumber)
    }

    private let tally: Mutex<TaskTally>
    private let entries = Mutex<[Entry]>([])

    init(_ tally: TaskTally) {
        self.tally = Mutex(tally)
    }

    func note(_ entry: Entry) {
        entries.withLock { $0.append(entry) }
    }

    /// Where ``rollBack(to:)`` leads back to.
    var position: Int { entries.withLock { $0.count } }

    func rollBack(to position: Int = 0) {
        entries.withLock { $0.removeLast($0.count - position) }
    }

    /// The transaction is durable.
    func commit() {
        let entries = self.entries.withLock { entries in
            defer { entries.removeAll(keepingCapacity: true) }
            return entries
        }
        guard !entries.isEmpty else { return }
        tally.withLock { tally in
            for entry in entries {
                switch entry {
                case .change(let change): tally.apply(change)
                case .projectDeleted(let project): tally.remove(project)
                case .projectPurged(let project): tally.forget(project)
                }
            }
        }
    }

    func read<Result: Sendable>(_ body: (TaskTally) -> Result) -> Result {
        tally.withLock { body($0) }
    }
}
