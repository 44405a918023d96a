extension Schema {
    /// Projects that are gone for every reader, while their rows are not yet; see ``Purge``.
    static let deletions = """
        CREATE TABLE deleted_projects (number INTEGER PRIMARY KEY, id BLOB NOT NULL) STRICT;
        """
}
