extension Schema {
    /// How often the process has ended while a task was being processed.
    static let interruptions = """
        ALTER TABLE tasks ADD COLUMN interruptions INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX tasks_suspected ON tasks (number) WHERE interruptions > 1 AND status < 2;
        """
}
