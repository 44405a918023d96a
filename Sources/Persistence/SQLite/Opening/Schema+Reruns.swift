extension Schema {
    /// How many memories an import found that had failed or been cancelled, and gave another task.
    static let reruns = "ALTER TABLE imports ADD COLUMN retried INTEGER NOT NULL DEFAULT 0;"
}
