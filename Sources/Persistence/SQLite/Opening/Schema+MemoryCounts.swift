extension Schema {
    /// How many memories a project has, in all (-1) and of those that failed or were cancelled (3, 4). How many wait or are worked on the ``TaskTally``
    /// knows, and all others are completed: so nothing is written here while a memory goes its usual way. A memory's task that is not its current one
    /// never changes its status.
    static let memoryCounts = """
        CREATE TABLE memory_counts (
            project INTEGER NOT NULL,
            status INTEGER NOT NULL,
            count INTEGER NOT NULL,
            PRIMARY KEY (project, status)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO memory_counts SELECT project, -1, count(*) FROM memories GROUP BY project;
        INSERT INTO memory_counts SELECT m.project, t.status, count(*) FROM tasks t INDEXED BY tasks_failed
            CROSS JOIN memories m ON m.number = t.memory AND m.task = t.number WHERE t.status = 3 GROUP BY 1, 2;
        INSERT INTO memory_counts SELECT m.project, t.status, count(*) FROM tasks t INDEXED BY tasks_cancelled
            CROSS JOIN memories m ON m.number = t.memory AND m.task = t.number WHERE t.status = 4 GROUP BY 1, 2;
        INSERT INTO memory_counts SELECT m.project, p.status, count(*) FROM pruned_tasks p CROSS JOIN memories m ON m.number = p.memory
            WHERE p.status > 2 AND NOT EXISTS (SELECT 1 FROM tasks WHERE number = m.task) GROUP BY 1, 2 ON CONFLICT (project, status) DO UPDATE SET count = count + excluded.count;

        CREATE TRIGGER memory_counts_made AFTER INSERT ON memories BEGIN
            INSERT INTO memory_counts VALUES (NEW.project, -1, 1) ON CONFLICT (project, status) DO UPDATE SET count = count + 1;
        END;
        CREATE TRIGGER memory_counts_moved AFTER UPDATE OF status ON tasks WHEN max(NEW.status, OLD.status) > 2
            AND EXISTS (SELECT 1 FROM memories WHERE number = NEW.memory AND task = NEW.number) BEGIN
            UPDATE memory_counts SET count = count - 1 WHERE project = NEW.project AND status = OLD.status AND OLD.status > 2;
            INSERT INTO memory_counts SELECT NEW.project, NEW.status, 1 WHERE NEW.status > 2
                ON CONFLICT (project, status) DO UPDATE SET count = count + 1;
        END;
        CREATE TRIGGER memory_counts_revised BEFORE UPDATE OF task ON memories BEGIN
            UPDATE memory_counts SET count = count - 1 WHERE project = OLD.project AND status > 2 AND status = coalesce(
                (SELECT status FROM tasks WHERE number = OLD.task), (SELECT status FROM pruned_tasks WHERE memory = OLD.number));
        END;
        CREATE TRIGGER memory_counts_gone BEFORE DELETE ON memories BEGIN
            UPDATE memory_counts SET count = count - 1 WHERE project = OLD.project AND (status = -1 OR status > 2 AND status = coalesce(
                (SELECT status FROM tasks WHERE number = OLD.task), (SELECT status FROM pruned_tasks WHERE memory = OLD.number)));
        END;

        CREATE INDEX tasks_live_chores ON tasks (project, status) WHERE type <> 'add_episode' AND status < 2;
        """
}
