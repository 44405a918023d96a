package import Knowledge
package import Persistence

/// The pure machine of one import while a process follows it: told how the import stands in the store, it says what is to be shown of it, and when
/// and how it ends.
///
/// Progress is the share of its lines that nothing more will happen to, weighted by how much of the file has been taken in. It never goes down.
package struct ImportState: Sendable {
    /// As last told; its task is as last shown.
    package private(set) var record: ImportRecord
    private let epoch: Int64
    private var step: Int64 = 0

    /// - Parameter epoch: this boot's.
    package init(_ record: ImportRecord, epoch: Int64) {
        self.record = record
        self.epoch = epoch
    }

    /// Whether everything that it is to wait for has happened.
    package var isOver: Bool { record.state == .closed && record.counts.ended >= record.counts.children }

    /// Takes over how the import stands. `nil` when that shows nothing new.
    package mutating func update(_ newer: ImportRecord, at now: Timestamp) -> TaskUpdate? {
        let shown = record.task
        guard newer.task.revision == shown.revision, newer.mark.bytes >= record.mark.bytes else { return nil }
        record = newer
        record.task = shown
        let stage = stage
        guard stage.name != shown.stage || stage.progress != shown.progress || stage.message != shown.message else { return nil }
        enter(stage, at: now)
        return again(at: now)
    }

    /// What is shown, once more: newer than before.
    package mutating func again(at now: Timestamp) -> TaskUpdate {
        step += 1
        return TaskUpdate(id: EventID(epoch: epoch, revision: record.task.revision, step: step), task: record.task, occurredAt: now)
    }

    private mutating func enter(_ stage: Stage, at now: Timestamp) {
        if stage.name == record.task.stage, let last = record.task.timeline.indices.last {
            record.task.timeline[last].message = stage.message
        } else {
            closeTimeline(error: nil, at: now)
            record.task.timeline.append(
                TimelineEntry(stage: stage.name, attempt: record.task.attempt, startedAt: now, message: stage.message))
        }
        record.task.stage = stage.name
        record.task.progress = stage.progress
        record.task.message = stage.message
    }

    private mutating func closeTimeline(error: String?, at now: Timestamp) {
        guard let last = record.task.timeline.indices.last, record.task.timeline[last].endedAt == nil else { return }
        record.task.timeline[last].endedAt = now
        record.task.timeline[last].error = error
    }

    private var stage: Stage {
        let progress = max(record.task.progress, min(99, Int(100 * share)))
        let counts = record.counts
        guard record.state == .open else { return Stage(name: "ingest", progress: progress, message: standing) }
        if counts.memories == 0 {
            return Stage(name: "receive", progress: progress, message: record.mark.lines == 0 ? "Waiting for lines..." : "Receiving...")
        }
        return Stage(name: "receive", progress: progress, message: "Receiving: \(standing)")
    }

    /// 0…1.
    private var share: Double {
        let counts = record.counts
        guard counts.memories > 0 else { return 0 }
        let settled = Double(counts.settled) / Double(counts.memories)
        guard record.state == .open else { return settled }
        guard let total = record.totalBytes, total > 0 else { return 0 }
        return settled * min(1, Double(record.mark.bytes) / Double(total))
    }

    /// `1,234 of 10,000 memories ingested, 200 known already, 3 with errors`.
    private var standing: String {
        let counts = record.counts
        let errors = counts.failed + counts.rejected
        let noun = counts.memories == 1 ? "memory" : "memories"
        var text = "\(counts.completed.grouped) of \(counts.memories.grouped) \(noun) ingested"
        let others = [
            (counts.unchanged, "known already"), (errors, "with errors"), (counts.superseded, "superseded"),
            (counts.cancelled - counts.superseded, "cancelled")
        ]
        for (count, what) in others where count > 0 { text += ", \(count.grouped) \(what)" }
        return text
    }

    /// What is to be stored when it is over; the state itself changes with ``ended(as:)``.
    /// - Parameter failures: the first ``ImportRecord/failureLimit`` children that failed.
    package func ending(failures: [ImportFailure], at now: Timestamp) -> TaskEnding {
        let counts = record.counts
        let error =
            record.fault
            ?? (counts.failed > 0
                ? "\(counts.failed.grouped) of \(counts.children.grouped) memories could not be ingested; failures in result says why."
                : nil)
        var copy = self
        copy.closeTimeline(error: error, at: now)
        let timeline = copy.record.task.timeline
        let result = record.result(failures: failures)
        guard let error else {
            return TaskEnding(
                status: .completed, stage: "completed", progress: 100, message: "Import completed: \(standing)", result: result,
                timeline: timeline, at: now)
        }
        return TaskEnding(
            status: .failed, stage: record.task.stage, progress: record.task.progress, message: "Import failed: \(standing)", error: error,
            result: result, timeline: timeline, at: now)
    }

    /// The end that has been stored.
    package mutating func ended(_ stored: TaskRecord) -> TaskUpdate {
        record.task = stored
        return TaskUpdate(stored: stored, epoch: epoch)
    }
}
