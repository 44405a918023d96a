import Knowledge
import Persistence

extension ProjectRecord {
    static let columns = "number, id, name, description, is_default, created_at, updated_at"

    /// Reads ``columns``.
    init(_ cells: inout Cells) throws {
        self.init(
            number: try cells.next(), id: try cells.next(), name: try cells.next(), description: try cells.next(),
            isDefault: try cells.next(),
            createdAt: try cells.next(), updatedAt: try cells.next())
    }
}
