extension Schema {
    /// How many memories each task has deleted that does such things.
    static let removals = """
        CREATE TABLE removals (task INTEGER PRIMARY KEY, removed INTEGER NOT NULL) STRICT;
        CREATE TRIGGER removals_forget AFTER DELETE ON tasks WHEN OLD.type = 'remove_imported' BEGIN
            DELETE FROM removals WHERE task = OLD.number;
        END;
        """
}
