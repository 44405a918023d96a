import GRDB
import Knowledge
import Persistence

extension TaskTally {
    /// Counts what a database holds, from indexes alone. O(waiting tasks + those of the last 25 hours).
    init(_ db: Database) throws {
        self.init()
        for project in try db.all("SELECT number FROM deleted_projects", read: { try $0.next(ProjectNumber.self) }) { remove(project) }
        let live = "project NOT IN (SELECT number FROM deleted_projects)"
        let newest = try db.first("SELECT max(created_at) FROM tasks", read: { try $0.next(Timestamp?.self) }) ?? nil
        let oldest = (newest.map(Self.minute(of:)) ?? 0) - Self.minutes + 1
        let since = oldest * 60_000_000

        // Everything that was accepted counts as completed until it is found to be something else.
        var run: (project: ProjectNumber, minute: Int64, count: Int)?
        func flush() {
            guard let run else { return }
            add(run.count, .completed, Lane(project: run.project, priority: .interactive), acceptedIn: run.minute)
        }
        _ = try db.all("SELECT project, created_at FROM tasks INDEXED BY tasks_by_creation WHERE created_at >= ? AND \(live)", since) {
            cells in
            let project = try cells.next(ProjectNumber.self)
            let minute = Self.minute(of: try cells.next())
            if run?.project == project, run?.minute == minute {
                run?.count += 1
            } else {
                flush()
                run = (project, minute, 1)
            }
        }
        flush()
        for status in [TaskStatus.pending, .processing, .failed, .cancelled] {
            let priority = status == .pending ? "priority" : "0"
            let sql = """
                SELECT project, \(priority), created_at / 60000000, count(*) FROM tasks WHERE status = \(status.rawValue) AND \(live)
                GROUP BY 1, 2, 3
                """
            _ = try db.all(sql) { cells in
                let lane = Lane(project: try cells.next(), priority: try cells.next())
                let minute = try cells.next(Int64.self)
                let count = try cells.next(Int.self)
                if minute >= oldest { add(-count, .completed, lane, acceptedIn: minute) }
                add(count, status, lane, acceptedIn: minute)
            }
        }
        _ = try db.all("SELECT project, minute, status, count FROM pruned_counts WHERE minute >= ? AND \(live)", oldest) { cells in
            let project = try cells.next(ProjectNumber.self)
            let minute = try cells.next(Int64.self)
            let status = try cells.next(TaskStatus.self)
            add(try cells.next(), status, Lane(project: project, priority: .interactive), acceptedIn: minute)
        }
        try addCompletions(db, live)
    }

    private mutating func addCompletions(_ db: Database, _ live: String) throws {
        let completed = "FROM tasks INDEXED BY tasks_completed WHERE status = 2"
        guard let newest = try db.first("SELECT max(ended_at) \(completed)", read: { try $0.next(Timestamp?.self) }) ?? nil else { return }
        let sql = "SELECT project, ended_at / 1000000, count(*) \(completed) AND ended_at >= ? AND \(live) GROUP BY 1, 2"
        _ = try db.all(sql, newest.advanced(bySeconds: -300)) { cells in
            let project = try cells.next(ProjectNumber.self)
            let second = try cells.next(Int64.self)
            addCompletions(try cells.next(), in: second, of: project)
        }
    }
}
