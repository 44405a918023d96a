import GRDB
import Knowledge
package import Persistence

extension SQLiteStore {
    /// Looks beside the writer, and asks that only for what is found.
    package func pruneTasks(_ rule: PruneRule, limit: Int) async throws -> PrunedTasks {
        guard limit > 0 else { return PrunedTasks(count: 0, last: nil) }
        let (candidates, last) = try await read { try $0.candidates(rule, limit: limit) }
        guard !candidates.isEmpty else { return PrunedTasks(count: 0, last: last) }
        let numbers = self.numbers
        let count = try await write(.prune) { db in
            try numbers.keep([.tasks], in: db)
            let newest = try db.first("SELECT max(created_at) FROM tasks", read: { try $0.next(Timestamp?.self) }) ?? nil
            let oldest = newest.map { TaskTally.minute(of: $0) - TaskTally.minutes } ?? 0
            try db.run("DELETE FROM pruned_counts WHERE minute <= ?", oldest)
            return try candidates.reduce(0) { try $0 + ($1.isPruned(in: db, countedAfter: oldest) ? 1 : 0) }
        }
        return PrunedTasks(count: count, last: last)
    }

    package func finishedTasks() async throws -> Int {
        try await read { db in
            try db.value(
                """
                SELECT max(0, (SELECT count(*) FROM tasks) - (SELECT count(*) FROM tasks WHERE status = 0)
                    - (SELECT count(*) FROM tasks WHERE status = 1)
                    - (SELECT coalesce(sum(i.completed + i.failed + i.cancelled), 0) FROM imports i CROSS JOIN tasks t ON t.number = i.task
                        WHERE NOT (\(PruneCandidate.isImportOver))))
                """, as: Int.self)
        }
    }

    package func shrink() async throws -> Bool {
        let isDue = try await read { db in
            // A file that was made before space could be given back uses it again instead.
            guard try db.value("PRAGMA auto_vacuum", as: Int.self) == 2 else { return false }
            let free = try db.value("PRAGMA freelist_count", as: Int.self)
            return try free > Self.freePages && free > db.value("PRAGMA page_count", as: Int.self) / 4
        }
        guard isDue else { return false }
        _ = try await write { try $0.run("PRAGMA incremental_vacuum(\(Self.shrinkStep))") }
        return true
    }

    /// Free pages that are left alone, being needed soon again: 32 MB.
    private static let freePages = 8_000
    /// Pages given back in one write: 1 MB.
    private static let shrinkStep = 256
}

/// A finished task that may go, as it was seen.
private struct PruneCandidate {
    let guarding: TaskGuard
    let memory: MemoryNumber?
    let project: ProjectNumber
    let status: TaskStatus
    /// In which it was accepted.
    let minute: Int64

    /// What holds of an import's task `t` when everything has ended that belongs to it.
    static let isImportOver = """
        EXISTS (SELECT 1 FROM imports WHERE task = t.number AND state = 3 AND completed + failed + cancelled >= accepted + revised + retried)
            AND NOT EXISTS (
                SELECT 1 FROM tasks o INDEXED BY tasks_chores WHERE o.project = t.project AND o.type = 'remove_imported'
                    AND o.type <> 'add_episode' AND o.number > t.number AND o.parent = t.number AND o.status < 2)
        """
    /// What holds of a task `t` that may go as soon as its parent has.
    static let isOver = "t.status > 1 AND (t.type <> 'import' OR \(isImportOver))"
    /// The parent of a task `t`, if that is still there.
    static let standingParent = "(SELECT o.number FROM tasks o WHERE o.number = t.parent)"

    /// Deletes it, unless it has moved on.
    /// - Parameter oldest: of minutes after this one it still counts.
    func isPruned(in db: Database, countedAfter oldest: Int64) throws -> Bool {
        let guards = (guarding.task, guarding.revision)
        guard
            try db.first(
                "SELECT 1 FROM tasks t WHERE t.number = ? AND t.revision = ? AND \(Self.isOver) AND \(Self.standingParent) IS NULL",
                guards.0, guards.1,
                read: { try $0.next(Int.self) }) != nil
        else { return false }
        if let memory {
            try db.run(
                """
                INSERT OR REPLACE INTO pruned_tasks SELECT m.number, t.id, t.status, t.progress FROM memories m
                CROSS JOIN tasks t ON t.number = m.task WHERE m.number = ? AND m.task = ?
                """, memory, guarding.task)
            try db.run("DELETE FROM former_tasks WHERE memory = ? AND task = ?", memory, guarding.task)
        }
        try db.run("DELETE FROM task_reports WHERE task = ?", guarding.task)
        guard try db.run("DELETE FROM tasks WHERE number = ?", guarding.task) > 0 else { return false }
        if minute > oldest {
            try db.run(
                "INSERT INTO pruned_counts VALUES (?, ?, ?, 1) ON CONFLICT (minute, project, status) DO UPDATE SET count = count + 1",
                minute,
                project, status)
        }
        return true
    }
}

extension Database {
    fileprivate func candidates(_ rule: PruneRule, limit: Int) throws -> ([PruneCandidate], last: TaskNumber?) {
        var found: [PruneCandidate] = []
        var going: Set<TaskNumber> = []
        var seen = 0
        var last: TaskNumber?
        var isOver = false
        let sql = """
            SELECT t.number, t.revision, t.memory, t.project, t.status, t.created_at, t.ended_at, \(PruneCandidate.standingParent),
                \(PruneCandidate.isOver)
            FROM tasks t WHERE t.number > ? ORDER BY t.number LIMIT ?
            """
        _ = try all(sql, rule.after, limit) { cells in
            let guarding = TaskGuard(task: try cells.next(), revision: try cells.next())
            let memory = try cells.next(MemoryNumber?.self)
            let project = try cells.next(ProjectNumber.self)
            let status = try cells.next(TaskStatus.self)
            let createdAt = try cells.next(Timestamp.self)
            let endedAt = try cells.next(Timestamp?.self)
            seen += 1
            last = guarding.task
            isOver = isOver || rule.isPast(createdAt, taken: found.count)
            let parent = try cells.next(TaskNumber?.self)
            guard try cells.next(Bool.self), !isOver, parent.map(going.contains) ?? true,
                rule.covers(endedAt: endedAt, taken: found.count)
            else { return }
            going.insert(guarding.task)
            found.append(
                PruneCandidate(
                    guarding: guarding, memory: memory, project: project, status: status, minute: TaskTally.minute(of: createdAt)))
        }
        return (found, isOver || seen < limit ? nil : last)
    }
}
