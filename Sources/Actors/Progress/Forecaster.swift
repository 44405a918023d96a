package import Knowledge
package import Persistence
import Synchronization

/// The ``Forecast`` of a process, for everybody to tell and to ask from anywhere. A call costs a microsecond or so: nobody calls out under its lock.
package final class Forecaster: Sendable {
    /// An import that is followed: as it was last seen, and the priorities of those of its children that have begun meanwhile.
    private struct Import {
        var record: ImportRecord
        var priorities: Set<TaskPriority> = []
    }

    private let forecast: Mutex<Forecast>
    /// Bounded by the imports that are not over.
    private let imports = Mutex<[Identifier: Import]>([:])

    package init(capacity: QueueEstimator.Capacity = QueueEstimator.Capacity(workers: 64)) {
        forecast = Mutex(Forecast(capacity: capacity))
    }

    package func setCapacity(_ capacity: QueueEstimator.Capacity) { forecast.withLock { $0.capacity = capacity } }

    // MARK: Lanes

    package func arrived(_ lane: Lane, count: Int) { forecast.withLock { $0.arrived(lane, count: count) } }

    package func claimed(_ lane: Lane, asked: Int, received: Int) {
        forecast.withLock { $0.claimed(lane, asked: asked, received: received) }
    }

    // MARK: Tasks in hand

    package func began(_ claim: Claim, at now: Timestamp) {
        let task = claim.task
        let bytes = claim.work.episode?.content.utf8.count
        let parent = task.type == .addEpisode ? task.parentID : nil
        if let parent { imports.withLock { _ = $0[parent]?.priorities.insert(task.priority) } }
        forecast.withLock {
            $0.began(
                task.id, type: task.type, lane: Lane(project: task.project, priority: task.priority), bytes: bytes, parent: parent,
                queuedAt: task.queuedAt, at: now)
        }
    }

    package func reported(_ done: Int, of total: Int, _ id: Identifier, at now: Timestamp) {
        forecast.withLock { $0.reported(done, of: total, id, at: now) }
    }

    package func extracted(_ id: Identifier, at now: Timestamp) { forecast.withLock { $0.extracted(id, at: now) } }

    package func left(_ id: Identifier) { forecast.withLock { $0.left(id) } }

    /// Takes note of what an update of a task in hand says.
    package func note(_ update: TaskUpdate) {
        let (task, now) = (update.task, update.occurredAt)
        forecast.withLock { forecast in
            switch task.status {
            case .pending: break
            case .completed: forecast.completed(task.id, at: now)
            case .failed, .cancelled: forecast.left(task.id)
            case .processing:
                if task.timeline.last?.endedAt != nil, task.stage != Self.waitingStage {
                    forecast.pauses(task.id)
                } else if task.stage == Self.waitingStage {
                    forecast.beganAgain(task.id, at: now)
                } else {
                    forecast.entered(task.stage, task.id, at: now)
                }
            }
        }
    }

    // MARK: Imports

    /// Takes note of how an import stands that is not over. To be called whenever somebody has looked.
    package func follow(_ record: ImportRecord) { imports.withLock { $0[record.task.id, default: Import(record: record)].record = record } }

    package func unfollow(_ id: Identifier) { imports.withLock { $0[id] = nil } }

    /// The stage of a task that has not begun, or is about to begin again.
    private static let waitingStage = "pending"

    // MARK: What is to be expected

    /// An update of a task in hand, or of an import that is followed, with when its end is to be expected, seen from this moment.
    package func annotated(_ update: TaskUpdate, at now: Timestamp) -> TaskUpdate {
        guard update.task.status == .processing else { return update }
        var annotated = update
        if update.task.type == .importMemories {
            // Not what was told before: of one that stands still nothing is published, and what was told is true no more.
            annotated.etaSeconds = imports.withLock { $0[update.task.id]?.record }.flatMap { rest(of: $0, at: now) }
        } else if let rest = forecast.withLock({ $0.rest(of: update.task.id, at: now) }) {
            annotated.etaSeconds = rest
        }
        return annotated
    }

    /// Seconds until a waiting task has ended; `nil` when there is no telling.
    package func rest(of waiting: WaitingTask, at now: Timestamp) -> Double? {
        let task = waiting.task
        return forecast.withLock {
            $0.rest(
                waitingIn: Lane(project: task.project, priority: task.priority), type: task.type, bytes: waiting.bytes,
                position: waiting.position, at: now)
        }
    }

    /// Seconds until an import is over; `nil` when there is no telling. Its children are taken to wait in the lane of those that have begun since it is
    /// followed; in that of bulk, which is the later one, when none have or they are of both.
    package func rest(of record: ImportRecord, at now: Timestamp) -> Double? {
        guard record.task.status == .processing, let outlook = ImportOutlook(record, at: now) else { return nil }
        let id = record.task.id
        let priorities = imports.withLock { $0[id]?.priorities }
        let lane = Lane(project: record.task.project, priority: priorities == [.interactive] ? .interactive : .bulk)
        return forecast.withLock { $0.rest(untilEnded: outlook.children, of: lane, parent: id, at: now) }.map { max($0, outlook.upload) }
    }

    // MARK: Memory

    /// Takes over what was kept of earlier times. What can't be read is passed over: it is measured anew.
    package func load(_ sketches: [StageSketch]) {
        let known = sketches.compactMap { stored -> (StageStatistics.Key, DurationSketch)? in
            guard let measure = StageStatistics.Measure(rawValue: stored.measure), let size = SizeClass(rawValue: stored.size),
                let sketch = DurationSketch(encoded: stored.encoded)
            else { return nil }
            return (StageStatistics.Key(type: stored.type, stage: stored.stage, measure: measure, size: size), sketch)
        }
        forecast.withLock { forecast in
            for (key, sketch) in known { forecast.load(sketch, for: key) }
        }
    }

    /// What was measured since the last call, to be kept.
    package func takeChanged() -> [StageSketch] {
        // Encoded outside of the lock.
        forecast.withLock { $0.takeChanged() }.map { key, sketch in
            StageSketch(type: key.type, stage: key.stage, measure: key.measure.rawValue, size: key.size.rawValue, encoded: sketch.encoded)
        }
    }

    /// Says that these could not be kept.
    package func didNotKeep(_ sketches: [StageSketch]) {
        let keys = sketches.compactMap { stored -> StageStatistics.Key? in
            guard let measure = StageStatistics.Measure(rawValue: stored.measure), let size = SizeClass(rawValue: stored.size) else {
                return nil
            }
            return StageStatistics.Key(type: stored.type, stage: stored.stage, measure: measure, size: size)
        }
        forecast.withLock { $0.didNotKeep(keys) }
    }
}
