extension Schema {
    /// What a memory says of its task once that is pruned: beside the memory, whose row may be long and is not to be written again for this. And how many
    /// pruned tasks of the last day ``TaskTally`` still counts, by the minute in which they were accepted.
    static let retention = """
        CREATE TABLE pruned_tasks (
            memory INTEGER PRIMARY KEY,
            id BLOB NOT NULL,
            status INTEGER NOT NULL,
            progress INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX pruned_tasks_by_status ON pruned_tasks (status, memory) WHERE status > 2;

        CREATE TABLE pruned_counts (
            minute INTEGER NOT NULL,
            project INTEGER NOT NULL,
            status INTEGER NOT NULL,
            count INTEGER NOT NULL,
            PRIMARY KEY (minute, project, status)
        ) STRICT, WITHOUT ROWID;

        CREATE TRIGGER pruned_tasks_forget AFTER DELETE ON memories BEGIN
            DELETE FROM pruned_tasks WHERE memory = OLD.number;
        END;
        """
}
