extension Schema {
    /// What an import is beside its task. Its counts of children follow their status by trigger, so that nobody who changes that can forget them. The
    /// row of an import whose task is deleted stays, as forgotten (4), until what hangs on it is gone.
    static let imports = """
        CREATE TABLE imports (
            task INTEGER PRIMARY KEY,
            name TEXT,
            state INTEGER NOT NULL,
            is_resumable INTEGER NOT NULL,
            lines INTEGER NOT NULL DEFAULT 0,
            bytes INTEGER NOT NULL DEFAULT 0,
            digest BLOB NOT NULL DEFAULT x'',
            total_bytes INTEGER,
            fault TEXT,
            accepted INTEGER NOT NULL DEFAULT 0,
            revised INTEGER NOT NULL DEFAULT 0,
            unchanged INTEGER NOT NULL DEFAULT 0,
            rejected INTEGER NOT NULL DEFAULT 0,
            rejected_bytes INTEGER NOT NULL DEFAULT 0,
            completed INTEGER NOT NULL DEFAULT 0,
            failed INTEGER NOT NULL DEFAULT 0,
            cancelled INTEGER NOT NULL DEFAULT 0,
            entities_created INTEGER NOT NULL DEFAULT 0,
            entities_merged INTEGER NOT NULL DEFAULT 0,
            relationships_created INTEGER NOT NULL DEFAULT 0,
            facts_invalidated INTEGER NOT NULL DEFAULT 0,
            schema_added INTEGER NOT NULL DEFAULT 0,
            communities_touched INTEGER NOT NULL DEFAULT 0,
            barren INTEGER NOT NULL DEFAULT 0,
            changed_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX imports_unfinished ON imports (state, task) WHERE state <> 3;

        CREATE TABLE rejected_lines (
            import INTEGER NOT NULL,
            line INTEGER NOT NULL,
            size INTEGER NOT NULL,
            error TEXT NOT NULL,
            content TEXT
        ) STRICT;
        CREATE UNIQUE INDEX rejected_lines_by_import ON rejected_lines (import, line, size);

        CREATE TABLE imported_memories (
            import INTEGER NOT NULL,
            memory INTEGER NOT NULL,
            line INTEGER NOT NULL,
            version INTEGER NOT NULL,
            is_new INTEGER NOT NULL,
            PRIMARY KEY (import, memory)
        ) STRICT, WITHOUT ROWID;

        CREATE TRIGGER imports_count AFTER UPDATE OF status ON tasks
        WHEN NEW.parent IS NOT NULL AND NEW.type = 'add_episode' AND max(NEW.status, OLD.status) > 1 BEGIN
            UPDATE imports SET completed = completed + (NEW.status = 2) - (OLD.status = 2), failed = failed + (NEW.status = 3) - (OLD.status = 3),
                cancelled = cancelled + (NEW.status = 4) - (OLD.status = 4)
            WHERE task = NEW.parent;
        END;

        CREATE TRIGGER imports_forget AFTER DELETE ON tasks WHEN OLD.type = 'import' BEGIN
            UPDATE imports SET state = 4 WHERE task = OLD.number;
        END;
        """
}
