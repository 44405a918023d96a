import GRDB
package import Knowledge
package import Persistence

extension SQLiteStore {
    package func recover(interruptionLimit: Int, at: Timestamp) async throws -> Recovery {
        let epoch = self.epoch
        return try await write { db in
            try db.run("UPDATE tasks SET interruptions = interruptions + 1 WHERE status = 1 AND type <> 'import'")
            let exhausted = try db.all(
                "SELECT number, interruptions FROM tasks WHERE status = 1 AND type <> 'import' AND interruptions >= ?", interruptionLimit
            ) { (number: try $0.next(TaskNumber.self), interruptions: try $0.next(Int.self)) }
            for task in exhausted {
                try db.run(
                    "UPDATE tasks SET status = 3, revision = revision + 1, is_resumed = 0, ended_epoch = ?, ended_at = ? WHERE number = ?",
                    epoch,
                    at, task.number)
                try db.run(
                    """
                    INSERT INTO task_reports (task, message, error) VALUES (?, 'Failed', ?)
                    ON CONFLICT (task) DO UPDATE SET message = excluded.message, error = excluded.error
                    """, task.number, TaskRecord.interruptedError(times: task.interruptions))
            }
            let suspects = try db.all(
                """
                SELECT number, project, priority, place FROM tasks INDEXED BY tasks_suspected
                WHERE interruptions > 1 AND status < 2 AND interruptions >= ? ORDER BY number
                """, Suspect.interruptions
            ) { cells in
                Suspect(
                    task: try cells.next(), lane: Lane(project: try cells.next(), priority: try cells.next()), place: try cells.next())
            }
            try db.run(
                "UPDATE task_reports SET message = ? WHERE task IN (SELECT number FROM tasks WHERE status = 1 AND type <> 'import')",
                TaskRecord.resumedMessage)
            let resumed = try db.run(
                """
                UPDATE tasks SET status = 0, revision = revision + 1, is_resumed = 1, stage = 'pending', progress = 0
                WHERE status = 1 AND type <> 'import'
                """)
            return Recovery(resumed: resumed, failed: exhausted.count, suspects: suspects)
        }
    }

    package func claim(_ lane: Lane, limit: Int, at: Timestamp) async throws -> [Claim] {
        guard limit > 0 else { return [] }
        let epoch = self.epoch
        return try await write(.claim) { db in
            var unreadable: Set<TaskNumber> = []
            var claims = try db.all(Self.firstInLine, lane.project, lane.priority, limit) { cells in
                let task = try TaskRecord(&cells)
                guard let version = try cells.next(Int?.self) else { return Claim(task: task, work: .chore) }
                let episode: Episode
                do {
                    episode = try Episode(&cells)
                } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
                    unreadable.insert(task.number)
                    return Claim(task: task, work: .chore)
                }
                let checkpoint = try cells.next(ExtractionBlob?.self)
                return Claim(task: task, work: .episode(episode, version: version), checkpoint: checkpoint?.extraction)
            }
            for index in claims.indices {
                let task = claims[index].task
                if let parent = task.parent, task.type == .addEpisode, try db.isBeingCancelled(parent) {
                    claims[index].task = try db.cancel(task.number, epoch: epoch, at: at) ?? task
                    continue
                }
                if unreadable.contains(task.number) {
                    claims[index].task = try db.fail(task, epoch: epoch, at: at, because: "What is stored of the memory can't be read.")
                    continue
                }
                claims[index].task.status = .processing
                claims[index].task.revision += 1
                claims[index].task.attempt += 1
                claims[index].task.startedAt = at
                try db.run(
                    "UPDATE tasks SET status = 1, revision = revision + 1, attempt = attempt + 1, started_at = ? WHERE number = ?", at,
                    claims[index].task.number)
            }
            return claims
        }
    }

    private static let firstInLine = """
        SELECT \(TaskRecord.columns), m.version, \(Episode.columns), c.extraction FROM \(TaskRecord.tables)
            LEFT JOIN checkpoints c ON c.task = t.number
        WHERE t.status = 0 AND t.project = ? AND t.priority = ? ORDER BY t.place LIMIT ?
        """

    package func claimAgain(_ guarding: TaskGuard, at: Timestamp) async throws -> TaskRecord {
        try await write(.claim) { db in
            let changed = try db.run(
                """
                UPDATE tasks SET attempt = attempt + 1, revision = revision + 1, is_resumed = 0, started_at = ?
                WHERE number = ? AND revision = ? AND status = 1
                """, at, guarding.task, guarding.revision)
            guard changed > 0, let task = try db.task(guarding.task) else { throw StoreError.lostRace }
            return task
        }
    }

    package func release(_ tasks: [TaskGuard]) async throws {
        try await write { db in
            for guarding in tasks {
                let changed = try db.run(
                    """
                    UPDATE tasks SET status = 0, attempt = attempt - 1, revision = revision + 1, is_resumed = 1, stage = 'pending', progress = 0
                    WHERE number = ? AND revision = ? AND status = 1
                    """, guarding.task, guarding.revision)
                guard changed > 0 else { continue }
                try db.run("UPDATE task_reports SET message = ? WHERE task = ?", TaskRecord.resumedMessage, guarding.task)
            }
        }
    }

    package func snapshot(_ snapshots: [ProgressSnapshot]) async throws {
        try await write { db in
            for snapshot in snapshots {
                let changed = try db.run(
                    "UPDATE tasks SET stage = ?, progress = ? WHERE number = ? AND revision = ? AND status = 1", snapshot.stage,
                    snapshot.progress, snapshot.guarding.task, snapshot.guarding.revision)
                guard changed > 0 else { continue }
                try db.run(
                    """
                    INSERT INTO task_reports (task, message, timeline) VALUES (?, ?, ?)
                    ON CONFLICT (task) DO UPDATE SET message = excluded.message, timeline = excluded.timeline
                    """, snapshot.guarding.task, snapshot.message, TimelineText(snapshot.timeline))
            }
        }
    }
}
