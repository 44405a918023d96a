import Knowledge
import Logging
import Persistence

/// Writes down, now and then, how far tasks have come that run for longer than the interval: so that a restart can show it.
struct ProgressKeeper {
    let store: any Store
    let hub: ProgressHub
    let interval: Duration
    let time: TimeSource
    let clock: any Clock<Duration>
    let logger: Logger

    /// Returns when its task is cancelled.
    func run() async {
        while (try? await clock.sleep(for: interval)) != nil {  // Ends with the task.
            let cutoff = Timestamp(microseconds: time.now().microseconds - Int64(interval / .microseconds(1)))
            let snapshots = hub.takeUnsaved(startedBefore: cutoff).map(ProgressSnapshot.init)
            guard !snapshots.isEmpty else { continue }
            do {
                try await store.snapshot(snapshots)
            } catch {
                logger.warning("progress could not be written down", metadata: ["error": "\(error)"])
            }
        }
    }
}

extension ProgressSnapshot {
    init(_ update: TaskUpdate) {
        self.init(
            guarding: TaskGuard(update.task), stage: update.task.stage, progress: update.task.progress, message: update.task.message,
            timeline: update.task.timeline)
    }
}
