extension Schema {
    /// Tasks that belong to another one.
    static let families = """
        ALTER TABLE tasks ADD COLUMN parent INTEGER;
        CREATE INDEX tasks_by_parent ON tasks (parent, number) WHERE parent IS NOT NULL;
        """
}
