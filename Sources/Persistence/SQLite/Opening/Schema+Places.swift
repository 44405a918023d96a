extension Schema {
    /// A client's retry takes a place of its own, at the end of the lane, and begins a new count of attempts.
    static let places = """
        ALTER TABLE tasks ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE tasks ADD COLUMN earlier_attempts INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE tasks ADD COLUMN queued_at INTEGER NOT NULL DEFAULT 0;
        UPDATE tasks SET place = number, queued_at = created_at;
        DROP INDEX tasks_pending;
        CREATE INDEX tasks_pending ON tasks (project, priority, place, created_at, queued_at, status) WHERE status = 0;
        """
}
