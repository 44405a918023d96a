extension Schema {
    /// How long the stages of tasks take; see ``StageSketch``.
    static let statistics = """
        CREATE TABLE stage_sketches (
            type TEXT NOT NULL,
            stage TEXT NOT NULL,
            measure INTEGER NOT NULL,
            size INTEGER NOT NULL,
            encoded BLOB NOT NULL,
            PRIMARY KEY (type, stage, measure, size)
        ) STRICT, WITHOUT ROWID;
        """
}
