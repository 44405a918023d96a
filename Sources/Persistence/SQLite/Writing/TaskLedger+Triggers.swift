import GRDB
import GRDBSQLite
import Knowledge
import Persistence

extension TaskLedger {
    /// Makes a connection note every change of a task's status here, whichever statement makes it: triggers of the connection's own call a function
    /// that does.
    func watch(_ db: Database) throws {
        let code = sqlite3_create_function_v2(
            db.sqliteConnection, "engram_note", 6, SQLITE_UTF8, Unmanaged.passRetained(self).toOpaque(),
            { context, count, values in
                // SQLite hands back what was registered, which it keeps alive until the connection is closed.
                guard let owner = sqlite3_user_data(context), let values, count == 6 else { return }
                Unmanaged<TaskLedger>.fromOpaque(owner).takeUnretainedValue().note(values)
            }, nil, nil, { owner in if let owner { Unmanaged<TaskLedger>.fromOpaque(owner).release() } })
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code), message: "the tally can't be kept") }
        try db.execute(
            sql: """
                CREATE TEMP TRIGGER tally_made AFTER INSERT ON main.tasks BEGIN
                    SELECT engram_note(NEW.project, NEW.priority, NULL, NEW.status, NEW.created_at, NEW.ended_at);
                END;
                CREATE TEMP TRIGGER tally_moved AFTER UPDATE OF status ON main.tasks WHEN OLD.status <> NEW.status BEGIN
                    SELECT engram_note(NEW.project, NEW.priority, OLD.status, NEW.status, NEW.created_at, NEW.ended_at);
                END;
                CREATE TEMP TRIGGER tally_gone AFTER DELETE ON main.tasks WHEN OLD.status < 2 BEGIN
                    SELECT engram_note(OLD.project, OLD.priority, OLD.status, NULL, OLD.created_at, NULL);
                END;
                CREATE TEMP TRIGGER tally_deleted AFTER DELETE ON main.projects BEGIN
                    SELECT engram_note(OLD.number, NULL, NULL, NULL, 0, NULL);
                END;
                CREATE TEMP TRIGGER tally_purged AFTER DELETE ON main.deleted_projects BEGIN
                    SELECT engram_note(OLD.number, NULL, NULL, NULL, NULL, NULL);
                END;
                """)
    }

    private func note(_ values: UnsafeMutablePointer<OpaquePointer?>) {
        func number(_ index: Int) -> Int64? {
            sqlite3_value_type(values[index]) == SQLITE_NULL ? nil : sqlite3_value_int64(values[index])
        }
        func status(_ index: Int) -> TaskStatus? { number(index).flatMap { TaskStatus(rawValue: Int($0)) } }
        let project = ProjectNumber(number(0) ?? 0)
        let (from, to) = (status(2), status(3))
        guard from != nil || to != nil else {
            // The moment of the deletion is not told: that there is one tells it from the purge's end.
            return note(number(4) != nil ? .projectDeleted(project) : .projectPurged(project))
        }
        let lane = Lane(project: project, priority: TaskPriority(rawValue: Int(number(1) ?? 0)) ?? .interactive)
        note(
            .change(
                TaskTally.Change(
                    lane: lane, from: from, to: to, acceptedAt: Timestamp(microseconds: number(4) ?? 0),
                    endedAt: number(5).map(Timestamp.init(microseconds:)))))
    }
}
