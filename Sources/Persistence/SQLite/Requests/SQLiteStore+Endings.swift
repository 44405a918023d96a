import GRDB
package import Knowledge
package import Persistence

extension SQLiteStore {
    package func end(_ guarding: TaskGuard, _ ending: TaskEnding) async throws -> TaskRecord {
        let epoch = self.epoch
        return try await write { db in
            guard try db.end(guarding, ending, epoch: epoch), let task = try db.task(guarding.task) else { throw StoreError.lostRace }
            return task
        }
    }

    package func cancel(id: Identifier, at: Timestamp) async throws -> Cancellation {
        let epoch = self.epoch
        return try await write(.cancel) { db in
            guard let task = try db.task(id) else { throw StoreError.notFound("task") }
            guard task.status.canBecome(.cancelled) else { return Cancellation(task, didCancel: false) }
            guard let cancelled = try db.cancel(task.number, epoch: epoch, at: at) else { throw StoreError.notFound("task") }
            guard task.type == .importMemories else { return Cancellation(cancelled, didCancel: true) }
            let children = try db.cancelImport(cancelled, epoch: epoch, at: at)
            return Cancellation(try db.task(task.number) ?? cancelled, didCancel: true, children: children)
        }
    }
}

extension Database {
    /// Writes the end of a task. Returns whether the task was as `guarding` believed, and the step one that ``TaskStatus/transitions`` allows.
    func end(_ guarding: TaskGuard, _ ending: TaskEnding, epoch: Int64) throws -> Bool {
        guard ending.status.isTerminal else { return false }
        // A task that waits can fail, it can't be completed.
        let changed = try first(
            ending.status == .completed ? Self.completing : Self.ending, ending.status, epoch, ending.stage, ending.progress, ending.at,
            guarding.task, guarding.revision
        ) { (parent: try $0.next(TaskNumber?.self), type: try $0.next(TaskType.self)) }
        guard let changed else { return false }
        try run(
            "INSERT OR REPLACE INTO task_reports (task, message, error, result, timeline) VALUES (?, ?, ?, ?, ?)", guarding.task,
            ending.message, ending.error, ending.result, TimelineText(ending.timeline))
        if let parent = changed.parent, changed.type == .addEpisode, ending.status == .completed, let result = ending.result {
            try add(Receipt(json: result), to: parent)
        }
        return true
    }

    /// Ends a task that has not ended as cancelled. Returns it.
    func cancel(
        _ number: TaskNumber, epoch: Int64, at: Timestamp, saying message: String = TaskRecord.cancelledMessage
    ) throws -> TaskRecord? {
        try run(
            "UPDATE tasks SET status = 4, revision = revision + 1, is_resumed = 0, ended_epoch = ?, ended_at = ? WHERE number = ?", epoch,
            at,
            number)
        try run(
            "INSERT INTO task_reports (task, message) VALUES (?, ?) ON CONFLICT (task) DO UPDATE SET message = excluded.message", number,
            message)
        return try task(number)
    }

    /// Ends a task as failed that has not begun. Returns it.
    func fail(_ task: TaskRecord, epoch: Int64, at: Timestamp, because reason: String) throws -> TaskRecord {
        let ending = TaskEnding(
            status: .failed, stage: task.stage, progress: task.progress, message: "Failed", error: reason, timeline: task.timeline, at: at)
        guard try end(TaskGuard(task), ending, epoch: epoch), let failed = try self.task(task.number) else { throw StoreError.lostRace }
        return failed
    }

    private static let completing = update + " AND status = 1" + returning
    private static let ending = update + returning
    private static let returning = " RETURNING parent, type"
    private static let update = """
        UPDATE tasks SET status = ?, revision = revision + 1, is_resumed = 0, ended_epoch = ?, stage = ?, progress = ?, ended_at = ?
        WHERE number = ? AND revision = ? AND status IN (0, 1)
        """
}
