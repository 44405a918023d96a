package import Knowledge
package import Persistence

/// The pure machine of one task while a process holds it: every method says what is to be shown or stored, and does neither.
///
/// Within an attempt progress never goes down, a stage that was entered is not entered again, and nothing comes after the end.
package struct TaskState: Sendable {
    /// With the progress of the moment; ``TaskRecord/timeline`` has the current stage as its open last entry.
    package private(set) var record: TaskRecord
    private let epoch: Int64
    private var step: Int64 = 0
    /// How many attempts failed for reasons worth another try, since this process holds the task.
    private var failures: [FailureClass.Group: Int] = [:]
    /// Set once; ``record`` then has the ending.
    package var hasEnded: Bool { record.status.isTerminal }

    /// - Parameters:
    ///   - record: as claimed: `processing`.
    ///   - epoch: this boot's.
    package init(claimed record: TaskRecord, epoch: Int64) {
        self.record = record
        self.epoch = epoch
    }

    package var guarding: TaskGuard { TaskGuard(record) }

    /// The first thing shown of an attempt: where the task comes from.
    package mutating func begin(at now: Timestamp) -> TaskUpdate? {
        guard !hasEnded else { return nil }
        let message: String
        if record.isResumed {
            message = TaskRecord.resumedMessage
        } else if record.attempt > 1 {
            message = "Retrying (attempt \(record.attempt))"
        } else {
            return nil
        }
        record.stage = "pending"
        record.progress = 0
        record.message = message
        return update(at: now)
    }

    /// Moves on to a stage, or within it. `nil` when that would be a step back: a plan made anew shows nothing twice.
    package mutating func enter(_ stage: Stage, at now: Timestamp) -> TaskUpdate? {
        guard !hasEnded else { return nil }
        let isSameStage = stage.name == record.stage
        guard stage.progress > record.progress || (isSameStage && stage.progress == record.progress && stage.message != record.message)
        else {
            return nil
        }
        if isSameStage, let last = record.timeline.indices.last {
            record.timeline[last].message = stage.message
        } else {
            closeTimeline(at: now)
            record.timeline.append(TimelineEntry(stage: stage.name, attempt: record.attempt, startedAt: now, message: stage.message))
        }
        record.stage = stage.name
        record.progress = stage.progress
        record.message = stage.message
        return update(at: now)
    }

    /// What is to be stored when the work has succeeded; the state itself changes with ``ended(as:)``.
    package func completion(stage: Stage = .completed, result: JSON, at now: Timestamp) -> TaskEnding {
        ending(.completed, stage: stage, error: nil, result: result, at: now)
    }

    /// What is to be stored when the work can't succeed.
    package func failure(_ reason: String, at now: Timestamp) -> TaskEnding {
        let stage = Stage(
            name: record.stage, progress: record.progress,
            message: record.type == .addEpisode ? "Episode ingestion failed" : "The task failed")
        return ending(.failed, stage: stage, error: reason, result: nil, at: now)
    }

    private func ending(_ status: TaskStatus, stage: Stage, error: String?, result: JSON?, at now: Timestamp) -> TaskEnding {
        var copy = self
        copy.closeTimeline(error: error, at: now)
        return TaskEnding(
            status: status, stage: stage.name, progress: stage.progress, message: stage.message, error: error, result: result,
            timeline: copy.record.timeline, at: now)
    }

    /// Takes over what was stored: the end, by this task's own commit or by somebody's cancel. `nil` when it had ended before.
    /// It occurred when the store says that it did, whoever tells of it.
    package mutating func ended(as ending: TaskEnding) -> TaskUpdate? {
        guard !hasEnded else { return nil }
        record.status = ending.status
        record.stage = ending.stage
        record.progress = ending.progress
        record.message = ending.message
        record.error = ending.error
        record.result = ending.result
        record.timeline = ending.timeline
        record.endedAt = ending.at
        record.endedEpoch = epoch
        record.revision += 1
        step = 0
        return TaskUpdate(id: EventID(epoch: epoch, revision: record.revision), task: record, occurredAt: ending.at)
    }

    /// Takes over a record that somebody else ended.
    package mutating func ended(stored: TaskRecord, at now: Timestamp) -> TaskUpdate? {
        guard !hasEnded else { return nil }
        var stored = stored
        if stored.progress < record.progress {
            stored.stage = record.stage
            stored.progress = record.progress
        }
        if stored.timeline.count < record.timeline.count { stored.timeline = record.timeline }
        record = stored
        closeTimeline(at: now)
        step = 0
        return TaskUpdate(id: EventID(epoch: record.endedEpoch, revision: record.revision), task: record, occurredAt: now)
    }

    /// An attempt failed in this way. Returns how often that has happened.
    package mutating func count(_ group: FailureClass.Group) -> Int {
        failures[group, default: 0] += 1
        return failures[group, default: 0]
    }

    /// An attempt failed and another is to come after a pause.
    package mutating func willRetry(_ reason: String, at now: Timestamp) -> TaskUpdate? {
        guard !hasEnded else { return nil }
        closeTimeline(error: reason, at: now)
        // Whoever looks for the words of an end must not find them in what is none.
        let looksLikeAnEnd = ["failed", "completed"].contains { reason.lowercased().contains($0) }
        record.message = looksLikeAnEnd ? "Waiting to try again" : "Waiting to try again: \(reason)"
        return update(at: now)
    }

    /// Another attempt has been counted; that is no news once somebody has ended the task after it.
    package mutating func claimedAgain(_ stored: TaskRecord) {
        guard !hasEnded else { return }
        let timeline = record.timeline
        record = stored
        record.timeline = timeline
        step = 0
    }

    private mutating func closeTimeline(error: String? = nil, at now: Timestamp) {
        guard let last = record.timeline.indices.last, record.timeline[last].endedAt == nil else { return }
        record.timeline[last].endedAt = now
        record.timeline[last].error = error
    }

    private mutating func update(at now: Timestamp) -> TaskUpdate {
        step += 1
        return TaskUpdate(id: EventID(epoch: epoch, revision: record.revision, step: step), task: record, occurredAt: now)
    }
}
