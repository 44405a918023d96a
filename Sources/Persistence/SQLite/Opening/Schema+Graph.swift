extension Schema {
    /// What a commit changes often (counts, weights, times) is in no index. `mentions` is packed, one row for a memory; `entity_memories` is the way back.
    static let graph = """
        CREATE TABLE entities (
            number INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            project INTEGER NOT NULL,
            name TEXT NOT NULL,
            type TEXT NOT NULL,
            summary TEXT NOT NULL,
            mention_count INTEGER NOT NULL,
            degree INTEGER NOT NULL,
            community INTEGER,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX entities_by_type ON entities (project, type);
        CREATE INDEX entities_by_community ON entities (community) WHERE community IS NOT NULL;

        CREATE TABLE entity_names (
            project INTEGER NOT NULL,
            key TEXT NOT NULL,
            entity INTEGER NOT NULL,
            PRIMARY KEY (project, key, entity)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE relationships (
            number INTEGER PRIMARY KEY,
            id BLOB NOT NULL,
            source INTEGER NOT NULL,
            target INTEGER NOT NULL,
            type TEXT NOT NULL,
            fact TEXT NOT NULL,
            weight INTEGER NOT NULL,
            valid_at INTEGER,
            invalid_at INTEGER,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX relationships_by_source ON relationships (source, target, type);
        CREATE INDEX relationships_by_target ON relationships (target);

        CREATE TABLE relationship_memories (
            relationship INTEGER NOT NULL,
            memory INTEGER NOT NULL,
            PRIMARY KEY (relationship, memory)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE mentions (memory INTEGER PRIMARY KEY, packed BLOB NOT NULL) STRICT;

        CREATE TABLE entity_memories (
            entity INTEGER NOT NULL,
            memory INTEGER NOT NULL,
            PRIMARY KEY (entity, memory)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE communities (
            number INTEGER PRIMARY KEY,
            id BLOB NOT NULL UNIQUE,
            project INTEGER NOT NULL,
            member_count INTEGER NOT NULL,
            total_weight INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            formed_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX communities_by_project ON communities (project);

        CREATE TABLE schema_elements (
            number INTEGER PRIMARY KEY,
            id BLOB NOT NULL,
            project INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            name TEXT NOT NULL,
            source_type TEXT NOT NULL,
            target_type TEXT NOT NULL,
            source TEXT NOT NULL,
            created_at INTEGER NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX schema_elements_by_project ON schema_elements (project, kind, name, source_type, target_type);
        """
}
