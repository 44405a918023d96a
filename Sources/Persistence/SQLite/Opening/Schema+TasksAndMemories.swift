extension Schema {
    /// Identifiers are 16 bytes, times microseconds, lists and documents JSON. The indexes of one status name it as a column too: without that
    /// SQLite looks every row up to learn it. `numbers` holds what must not be given again though no row has
    /// it (any more), and `closed_epoch` the last boot that ended by closing. A task's row is small and keeps its length while it runs; what grows is in its report, which is written when there is something to say.
    static let tasksAndMemories = """
        PRAGMA application_id = \(applicationID);

        CREATE TABLE server (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            epoch INTEGER NOT NULL,
            closed_epoch INTEGER NOT NULL,
            checked_at INTEGER NOT NULL
        ) STRICT;
        INSERT INTO server VALUES (1, 0, 0, 0);

        CREATE TABLE numbers (kind TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;

        CREATE TABLE projects (
            number INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            name TEXT NOT NULL,
            description TEXT,
            is_default INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            graph_version INTEGER NOT NULL DEFAULT 0,
            graph_weight INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE INDEX projects_by_name ON projects (name);

        CREATE TABLE memories (
            number INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            project INTEGER NOT NULL,
            task INTEGER NOT NULL,
            title TEXT,
            content_type TEXT NOT NULL,
            occurred_at INTEGER,
            tags TEXT,
            collaborators TEXT,
            is_public INTEGER NOT NULL,
            metadata TEXT NOT NULL,
            external_id TEXT,
            author TEXT NOT NULL,
            version INTEGER NOT NULL,
            source TEXT,
            supplied TEXT,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            content TEXT NOT NULL
        ) STRICT;
        CREATE INDEX memories_by_project ON memories (project);
        CREATE UNIQUE INDEX memories_by_external_id ON memories (project, external_id) WHERE external_id IS NOT NULL;

        CREATE TABLE tasks (
            number INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            type TEXT NOT NULL,
            project INTEGER NOT NULL,
            priority INTEGER NOT NULL,
            status INTEGER NOT NULL,
            revision INTEGER NOT NULL,
            attempt INTEGER NOT NULL,
            memory INTEGER,
            stage TEXT NOT NULL,
            progress INTEGER NOT NULL,
            ended_epoch INTEGER NOT NULL,
            is_resumed INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            started_at INTEGER,
            ended_at INTEGER
        ) STRICT;
        CREATE INDEX tasks_by_project ON tasks (project);
        CREATE INDEX tasks_by_creation ON tasks (created_at, project);
        CREATE INDEX tasks_pending ON tasks (project, priority, number, created_at, status) WHERE status = 0;
        CREATE INDEX tasks_processing ON tasks (project, number, created_at, status) WHERE status = 1;
        CREATE INDEX tasks_completed ON tasks (ended_at, project, status) WHERE status = 2;
        CREATE INDEX tasks_failed ON tasks (project, number, created_at, status) WHERE status = 3;
        CREATE INDEX tasks_cancelled ON tasks (project, number, created_at, status) WHERE status = 4;

        CREATE TABLE task_reports (
            task INTEGER PRIMARY KEY,
            message TEXT NOT NULL,
            error TEXT,
            result TEXT,
            timeline TEXT
        ) STRICT;

        CREATE TABLE idempotency_keys (
            scope TEXT NOT NULL,
            key TEXT NOT NULL,
            fingerprint BLOB NOT NULL,
            answer BLOB NOT NULL,
            task BLOB NOT NULL,
            used_at INTEGER NOT NULL,
            PRIMARY KEY (scope, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX idempotency_keys_by_use ON idempotency_keys (used_at);
        """
}
