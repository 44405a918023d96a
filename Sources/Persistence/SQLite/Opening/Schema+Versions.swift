extension Schema {
    /// Memories that change. `content_hash` is NULL where it is not known; the tasks of older versions are found by `former_tasks`, the current one by the
    /// memory itself, so that a memory that never changes costs nothing more.
    static let versions = """
        ALTER TABLE memories ADD COLUMN content_hash BLOB;

        CREATE TABLE former_tasks (
            memory INTEGER NOT NULL,
            task INTEGER NOT NULL,
            PRIMARY KEY (memory, task)
        ) STRICT, WITHOUT ROWID;
        """
}
