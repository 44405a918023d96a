import Knowledge
import Persistence

extension EntityView {
    static let columns = "\(EntityRecord.columns), e.project, p.id, c.id"
    static let tables = "entities e CROSS JOIN projects p ON p.number = e.project LEFT JOIN communities c ON c.number = e.community"
    static let order = "ORDER BY e.mention_count DESC, e.number"

    /// Reads ``columns``.
    init(_ cells: inout Cells) throws {
        self.init(record: try EntityRecord(&cells), project: try cells.next(), projectID: try cells.next(), communityID: try cells.next())
    }
}

extension CommunityView {
    static let columns = "\(CommunityRecord.columns), c.project, p.id"
    static let tables = "communities c CROSS JOIN projects p ON p.number = c.project"
    static let order = "ORDER BY c.member_count DESC, c.number"

    /// Reads ``columns``; the names are another query's.
    init(_ cells: inout Cells) throws {
        self.init(record: try CommunityRecord(&cells), project: try cells.next(), projectID: try cells.next(), leadingNames: [])
    }
}

extension MemoryReference {
    static let columns = "m.id, m.title"

    /// Reads ``columns``.
    init(_ cells: inout Cells) throws {
        self.init(id: try cells.next(), title: try cells.next())
    }
}
