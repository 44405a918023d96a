import Knowledge
import Persistence

extension MemoryRecord {
    static let columns = """
        m.number, m.id, m.project, p.id, \(Episode.columns), m.tags, m.collaborators, m.is_public, m.metadata, m.external_id, m.author, \
        m.version, m.source, coalesce(t.id, f.id), coalesce(t.status, f.status), coalesce(t.progress, f.progress), m.created_at, m.updated_at
        """
    static let tables = "memories m \(surroundings)"
    /// A memory's task, or what is kept of it.
    static let surroundings = """
        CROSS JOIN projects p ON p.number = m.project LEFT JOIN tasks t ON t.number = m.task LEFT JOIN pruned_tasks f ON f.memory = m.number
        """

    /// Reads ``columns``.
    init(_ cells: inout Cells) throws {
        self.init(
            number: try cells.next(), id: try cells.next(), project: try cells.next(), projectID: try cells.next(),
            episode: try Episode(&cells),
            tags: try cells.next(StringsText?.self)?.strings ?? [], collaborators: try cells.next(StringsText?.self)?.strings ?? [],
            isPublic: try cells.next(), metadata: try cells.next(), externalID: try cells.next(), authorID: try cells.next(),
            version: try cells.next(), source: try cells.next(), taskID: try cells.next(), taskStatus: try cells.next(),
            taskProgress: try cells.next(), createdAt: try cells.next(), updatedAt: try cells.next())
    }
}
