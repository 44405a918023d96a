import GRDB
import Knowledge
package import Persistence

extension SQLiteStore {
    package func acceptBatch(_ batch: ImportBatch) async throws -> BatchAcceptance {
        let (epoch, numbers) = (self.epoch, self.numbers)
        return try await write(.batch) { try $0.accept(batch, epoch: epoch, numbers) }
    }
}

/// What a batch adds to its import, while its lines are accepted one by one.
private struct BatchTally {
    var accepted = 0
    var revised = 0
    var retried = 0
    var unchanged = 0
    var rejected = 0
    var rejectedBytes: Int
    var lanes: [Lane: Int] = [:]
    var superseded: [TaskRecord] = []
    /// Whether other imports that were met are being removed.
    var removals: [TaskNumber: Bool] = [:]
}

extension Database {
    fileprivate func accept(_ batch: ImportBatch, epoch: Int64, _ numbers: NumberSource) throws -> BatchAcceptance {
        guard let record = try importRecord(batch.task) else { throw StoreError.notFound("import") }
        guard record.state == .open else { throw StoreError(.lostRace, "The import takes no more lines.") }
        guard record.mark.bytes == batch.base else { throw StoreError(.lostRace, "Another upload has gone on with the import.") }
        let kept = try value("SELECT rejected_bytes FROM imports WHERE task = ?", batch.task, as: Int.self)
        var tally = BatchTally(rejectedBytes: kept)
        for line in batch.lines { try accept(line, of: batch.task, &tally, epoch: epoch, numbers) }
        try run(
            """
            UPDATE imports SET state = ?, lines = ?, bytes = ?, digest = ?, total_bytes = coalesce(?, total_bytes), accepted = accepted + ?,
                revised = revised + ?, retried = retried + ?, unchanged = unchanged + ?, rejected = rejected + ?, rejected_bytes = ?, changed_at = ?
            WHERE task = ?
            """, batch.isLast ? ImportRecord.State.closed : .open, batch.mark.lines, batch.mark.bytes, batch.mark.digest,
            batch.totalBytes, tally.accepted, tally.revised, tally.retried, tally.unchanged, tally.rejected, tally.rejectedBytes, batch.at,
            batch.task)
        guard let record = try importRecord(batch.task) else { throw StoreError.notFound("import") }
        return BatchAcceptance(record: record, lanes: tally.lanes, superseded: tally.superseded)
    }

    private func accept(
        _ line: ImportLine, of task: TaskNumber, _ tally: inout BatchTally, epoch: Int64, _ numbers: NumberSource
    ) throws {
        switch line.content {
        case .rejected(let error, let content):
            try reject(line.number, of: task, error, content, &tally)
        case .memory(var submission):
            submission.parent = task
            switch try accept(submission, epoch: epoch, numbers) {
            case .created(let memory, _):
                tally.accepted += 1
                tally.lanes[Lane(project: submission.project, priority: submission.priority), default: 0] += 1
                try run("INSERT INTO imported_memories VALUES (?, ?, ?, 1, 1)", task, memory, line.number)
            case .revised(let revision):
                tally.revised += 1
                tally.lanes[Lane(project: submission.project, priority: submission.priority), default: 0] += 1
                if let superseded = revision.cancelled { tally.superseded.append(superseded) }
                // A memory that the import made itself stays its own.
                try run(
                    """
                    INSERT INTO imported_memories VALUES (?, ?, ?, ?, 0)
                    ON CONFLICT (import, memory) DO UPDATE SET line = excluded.line, version = excluded.version
                    """, task, revision.memory.number, line.number, revision.memory.version)
            case .existing(let memory):
                guard let again = try tryAgain(memory, submission, line: line.number, of: task, epoch: epoch, numbers) else {
                    tally.unchanged += 1
                    try save(memory, line: line.number, for: task, &tally)
                    break
                }
                tally.retried += 1
                tally.lanes[Lane(project: submission.project, priority: submission.priority), default: 0] += 1
                if let cancelled = again.cancelled { tally.superseded.append(cancelled) }
            case .replayed:
                tally.unchanged += 1
            }
        }
    }

    /// Gives a memory that has the line's content already, and came to no good end, another task: one of this import, which has it from now on if it
    /// was another import's.
    /// - Returns: `nil` when it is ingested, is going to be, or failed in this import.
    private func tryAgain(
        _ memory: MemoryRecord, _ submission: Submission, line: Int, of task: TaskNumber, epoch: Int64, _ numbers: NumberSource
    ) throws -> Revision? {
        guard memory.taskStatus != .completed else { return nil }
        // Of one that is forgotten the memory knows how it ended.
        let former = try self.task(memory.taskID)
        guard former?.parent != task else { return nil }
        if !memory.taskStatus.isTerminal {
            guard let parent = former?.parent, try isBeingCancelled(parent) else { return nil }
        }
        let (number, cancelled) = try giveTask(
            submission.taskID, to: memory, former, priority: submission.priority, parent: task, at: submission.at, epoch: epoch,
            saying: TaskRecord.cancelledMessage, numbers)
        try run("UPDATE memories SET task = ? WHERE number = ?", number, memory.number)
        try take(memory, from: former?.parent, line: line, for: task)
        return Revision(memory: memory, task: number, cancelled: cancelled)
    }

    /// Takes a memory that is as it should be over from an import that is being removed, and so from the removal.
    private func save(_ memory: MemoryRecord, line: Int, for task: TaskNumber, _ tally: inout BatchTally) throws {
        let parent = try first("SELECT parent FROM tasks WHERE id = ?", memory.taskID) { try $0.next(TaskNumber?.self) } ?? nil
        guard let parent, parent != task else { return }
        let isBeingRemoved = try tally.removals[parent] ?? self.isBeingRemoved(parent, of: memory.project)
        tally.removals[parent] = isBeingRemoved
        if isBeingRemoved { try take(memory, from: parent, line: line, for: task) }
    }

    /// Notes that a memory is in this import, which has it from now on if another one made it and nobody has given it another version.
    private func take(_ memory: MemoryRecord, from other: TaskNumber?, line: Int, for task: TaskNumber) throws {
        let isTaken = try other.map { other in
            try run(
                "UPDATE imported_memories SET is_new = 0 WHERE import = ? AND memory = ? AND is_new AND version = ?", other, memory.number,
                memory.version) > 0
        }
        try run(
            """
            INSERT INTO imported_memories VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (import, memory) DO UPDATE SET line = excluded.line, version = excluded.version, is_new = max(is_new, excluded.is_new)
            """, task, memory.number, line, memory.version, isTaken ?? false)
    }

    private func reject(_ line: Int, of task: TaskNumber, _ error: String, _ content: String?, _ tally: inout BatchTally) throws {
        tally.rejected += 1
        let kept = RejectedLine(line: line, error: error, content: content).kept(after: tally.rejectedBytes)
        let size = kept.content?.utf8.count ?? 0
        tally.rejectedBytes += size
        try run(
            "INSERT INTO rejected_lines (import, line, size, error, content) VALUES (?, ?, ?, ?, ?)", task, line, size, kept.error,
            kept.content)
    }
}
