extension Schema {
    /// Finds the few tasks that ingest no memory among the many that do.
    static let chores = """
        CREATE INDEX tasks_chores ON tasks (project, type, number) WHERE type <> 'add_episode';
        """
}
