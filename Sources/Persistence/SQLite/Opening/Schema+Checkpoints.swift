extension Schema {
    /// What was found for tasks that have not ended; whoever ends or deletes a task need not think of it.
    static let checkpoints = """
        CREATE TABLE checkpoints (task INTEGER PRIMARY KEY, version INTEGER NOT NULL, extraction BLOB NOT NULL) STRICT;
        CREATE TRIGGER checkpoints_end AFTER UPDATE OF status ON tasks WHEN NEW.status > 1 BEGIN
            DELETE FROM checkpoints WHERE task = NEW.number;
        END;
        CREATE TRIGGER checkpoints_forget AFTER DELETE ON tasks BEGIN
            DELETE FROM checkpoints WHERE task = OLD.number;
        END;
        """
}
