import Knowledge

extension Episode {
    static let columns = "m.title, m.content, m.content_type, m.occurred_at, m.supplied"

    /// Reads ``columns``.
    init(_ cells: inout Cells) throws {
        self.init(title: try cells.next(), content: try cells.next(), contentType: try cells.next(), occurredAt: try cells.next())
        if let supplied = try cells.next(SuppliedText?.self) {
            entities = supplied.entities
            relationships = supplied.relationships
        }
    }
}
