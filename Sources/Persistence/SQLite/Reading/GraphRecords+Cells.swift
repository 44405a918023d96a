import Knowledge

extension EntityRecord {
    static let columns = "e.number, e.id, e.name, e.type, e.summary, e.mention_count, e.degree, e.community, e.created_at, e.updated_at"

    /// Reads ``columns``.
    init(_ cells: inout Cells) throws {
        self.init(
            number: try cells.next(), id: try cells.next(), name: try cells.next(), type: try cells.next(), summary: try cells.next(),
            mentionCount: try cells.next(), degree: try cells.next(), community: try cells.next(), createdAt: try cells.next(),
            updatedAt: try cells.next())
    }
}

extension RelationshipRecord {
    static let columns = """
        r.number, r.id, r.source, r.target, r.type, r.fact, r.weight, r.valid_at, r.invalid_at, r.created_at, r.updated_at
        """

    /// Reads ``columns``.
    init(_ cells: inout Cells) throws {
        self.init(
            number: try cells.next(), id: try cells.next(), source: try cells.next(), target: try cells.next(), type: try cells.next(),
            fact: try cells.next(), weight: try cells.next(), validAt: try cells.next(), invalidAt: try cells.next(),
            createdAt: try cells.next(),
            updatedAt: try cells.next())
    }
}

extension CommunityRecord {
    static let columns = "c.number, c.id, c.member_count, c.total_weight, c.created_at, c.formed_at"

    /// Reads ``columns``.
    init(_ cells: inout Cells) throws {
        self.init(
            number: try cells.next(), id: try cells.next(), memberCount: try cells.next(), totalWeight: try cells.next(),
            createdAt: try cells.next(), formedAt: try cells.next())
    }
}

extension SchemaRecord.Element {
    static let columns = "kind, name, source_type, target_type"

    /// Reads ``columns``.
    init(_ cells: inout Cells) throws {
        let kind = try cells.next(Int.self)
        let name = try cells.next(String.self)
        let sourceType = try cells.next(String.self)
        let targetType = try cells.next(String.self)
        self =
            switch kind {
            case 0: .entity(name: name)
            case 1: .edge(name: name)
            default: .mapping(sourceType: sourceType, edgeType: name, targetType: targetType)
            }
    }

    /// The values of ``columns``.
    var values: (kind: Int, name: String, sourceType: String, targetType: String) {
        switch self {
        case .entity(let name): (0, name, "", "")
        case .edge(let name): (1, name, "", "")
        case .mapping(let sourceType, let edgeType, let targetType): (2, edgeType, sourceType, targetType)
        }
    }
}
