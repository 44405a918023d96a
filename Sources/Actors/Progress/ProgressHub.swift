package import Knowledge
import Persistence
import Synchronization

/// The meeting place of those who know how tasks go and those who want to: watchers are kept by task id, whether or not the
/// task has an actor. A task that runs has its newest state here; one that waits or has ended is the store's to tell.
///
/// Memory is bounded by the tasks being processed, the tasks being watched, and ``ProgressOutlet``'s bounds.
package final class ProgressHub: Sendable {
    private struct State {
        var running: [Identifier: TaskUpdate] = [:]
        /// Running tasks that changed since their last snapshot.
        var unsaved: Set<Identifier> = []
        /// For each watched task, the outlets that watch it, a bit each.
        var watchers: [Identifier: UInt64] = [:]
    }

    private let state = Mutex(State())
    /// One for each event loop that serves streams; 64 at most.
    package let outlets: [ProgressOutlet]
    /// Says which imports had children end.
    package let families = FamilySignal()

    package init(outlets count: Int) {
        outlets = (0..<min(64, max(1, count))).map { _ in ProgressOutlet() }
    }

    /// Shows a change of a running task, or its end. Updates of one task are to be published one after the other; what comes of an earlier round
    /// when a later one runs already is passed over.
    /// - Parameter annotate: adds what only those want to know who watch.
    package func publish(_ update: TaskUpdate, annotate: (TaskUpdate) -> TaskUpdate = { $0 }) {
        let id = update.task.id
        let watching = state.withLock { state -> UInt64 in
            if let newest = state.running[id], newest.id > update.id { return 0 }
            if update.task.status.isTerminal {
                state.running[id] = nil
                state.unsaved.remove(id)
            } else {
                state.running[id] = update
                state.unsaved.insert(id)
            }
            return state.watchers[id] ?? 0
        }
        if watching != 0 { deliver(annotate(update), to: watching) }
        if update.task.status.isTerminal, let parent = update.task.parentID { families.say(parent) }
    }

    /// Shows the state of a task that waits, unless it runs by now.
    package func announce(_ update: TaskUpdate) {
        let watching = state.withLock { state in
            state.running[update.task.id] == nil ? state.watchers[update.task.id] ?? 0 : 0
        }
        deliver(update, to: watching)
    }

    /// Forgets a running task that this process has given back.
    /// - Parameter revision: the one it had; a later round is not forgotten.
    package func forget(_ id: Identifier, revision: Int64) {
        state.withLock { state in
            guard let running = state.running[id], running.task.revision <= revision else { return }
            state.running[id] = nil
            state.unsaved.remove(id)
        }
    }

    private func deliver(_ update: TaskUpdate, to watching: UInt64) {
        var rest = watching
        while rest != 0 {
            outlets[rest.trailingZeroBitCount].deliver(update)
            rest &= rest - 1
        }
    }

    /// From now on the outlet receives the task's updates. To miss nothing: watch, then read the state, then show the newer.
    /// - Returns: the newest state if the task is running; otherwise ask the store.
    package func watch(_ task: Identifier, outlet: Int) -> TaskUpdate? {
        state.withLock { state in
            state.watchers[task, default: 0] |= 1 << UInt64(outlet)
            return state.running[task]
        }
    }

    package func unwatch(_ task: Identifier, outlet: Int) {
        state.withLock { state in
            guard let watching = state.watchers[task] else { return }
            let rest = watching & ~(1 << UInt64(outlet))
            state.watchers[task] = rest == 0 ? nil : rest
        }
    }

    /// The tasks that somebody watches.
    package var watched: [Identifier] {
        state.withLock { Array($0.watchers.keys) }
    }

    /// The newest state of a task that runs in this process.
    package func running(_ task: Identifier) -> TaskUpdate? {
        state.withLock { $0.running[task] }
    }

    /// The newest states of the children of a task that run in this process. O(running tasks).
    package func running(under parent: Identifier) -> [TaskUpdate] {
        state.withLock { state in state.running.values.filter { $0.task.parentID == parent && $0.task.type == .addEpisode } }
    }

    /// The tasks that have run since before `moment` and changed since they were last taken here.
    package func takeUnsaved(startedBefore moment: Timestamp) -> [TaskUpdate] {
        state.withLock { state in
            var taken: [TaskUpdate] = []
            for id in state.unsaved {
                guard let update = state.running[id], let startedAt = update.task.startedAt, startedAt < moment else { continue }
                taken.append(update)
            }
            for update in taken { state.unsaved.remove(update.task.id) }
            return taken
        }
    }
}
