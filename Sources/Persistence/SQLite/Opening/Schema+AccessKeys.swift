extension Schema {
    static let accessKeys = """
        CREATE TABLE access_keys (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            id BLOB NOT NULL UNIQUE,
            name TEXT NOT NULL,
            role INTEGER NOT NULL,
            digest BLOB NOT NULL,
            hint TEXT NOT NULL,
            projects TEXT,
            created_at INTEGER NOT NULL,
            expires_at INTEGER
        ) STRICT;
        """
}
