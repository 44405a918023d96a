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

    package func cancel(id: Identifier, at: Timestamp) async throws -> (task: TaskRecord, didCancel: Bool) {
        let epoch = self.epoch
        return try await write { db in
            guard let task = try db.task(id) else { throw StoreError.notFound("task") }
            guard task.status.canBecome(.cancelled) else { return (task, false) }
            try db.run(
                "UPDATE tasks SET status = 4, revision = revision + 1, is_resumed = 0, ended_epoch = ?, ended_at = ? WHERE number = ?",
                epoch, at,
                task.number)
            try db.run(
                "INSERT INTO task_reports (task, message) VALUES (?, 'Cancelled') ON CONFLICT (task) DO UPDATE SET message = excluded.message",
                task.number)
            guard let cancelled = try db.task(task.number) else { throw StoreError.notFound("task") }
            return (cancelled, true)
        }
    }
}

extension Database {
    /// Writes the end of a task. Returns whether the task was as `guarding` believed, and the step one that ``TaskStatus/transitions`` allows.
    func end(_ guarding: TaskGuard, _ ending: TaskEnding, epoch: Int64) throws -> Bool {
        guard ending.status.isTerminal else { return false }
        // A task that waits can fail, it can't be completed.
        let changed = try run(
            ending.status == .completed ? Self.completing : Self.ending, ending.status, epoch, ending.stage, ending.progress, ending.at,
            guarding.task, guarding.revision)
        guard changed > 0 else { return false }
        try run(
            "INSERT OR REPLACE INTO task_reports (task, message, error, result, timeline) VALUES (?, ?, ?, ?, ?)", guarding.task,
            ending.message, ending.error, ending.result, TimelineText(ending.timeline))
        return true
    }

    private static let completing = ending + " AND status = 1"
    private static let ending = """
        UPDATE tasks SET status = ?, revision = revision + 1, is_resumed = 0, ended_epoch = ?, stage = ?, progress = ?, ended_at = ?
        WHERE number = ? AND revision = ? AND status IN (0, 1)
        """
}
