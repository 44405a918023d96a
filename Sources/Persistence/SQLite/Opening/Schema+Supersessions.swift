extension Schema {
    /// How many children of each import were cancelled because their memories got newer versions.
    static let supersessions = """
        ALTER TABLE imports ADD COLUMN superseded INTEGER NOT NULL DEFAULT 0;
        """
}
