import Knowledge
import Persistence

extension MemoryRecord {
    static let columns = """
        m.number, m.id, m.project, p.id, \(Episode.columns), m.tags, m.collaborators, m.is_public, m.metadata, m.external_id, m.author, \
        m.version, m.source, t.id, t.status, t.progress, m.created_at, m.updated_at
        """
    static let tables = "memories m CROSS JOIN projects p ON p.number = m.project CROSS JOIN tasks t ON t.number = m.task"

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
