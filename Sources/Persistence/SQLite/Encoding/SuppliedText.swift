import GRDB
import Knowledge

/// What a client supplied with an episode, in one column: `[[[name, type, description], …], [[source, target, type, description], …]]`.
/// NULL stands for nothing supplied.
struct SuppliedText: Storable {
    var entities: [SuppliedEntity]
    var relationships: [SuppliedRelationship]

    init?(_ episode: Episode) {
        guard !episode.entities.isEmpty || !episode.relationships.isEmpty else { return nil }
        entities = episode.entities
        relationships = episode.relationships
    }

    private init(_ entities: [SuppliedEntity], _ relationships: [SuppliedRelationship]) {
        self.entities = entities
        self.relationships = relationships
    }

    func put(into statement: OpaquePointer, at index: CInt) {
        let entities = self.entities.map { JSON.array([.string($0.name), .string($0.type), JSON($0.description)]) }
        let relationships = self.relationships.map {
            JSON.array([.string($0.source), .string($0.target), .string($0.type), JSON($0.description)])
        }
        JSON.array([.array(entities), .array(relationships)]).put(into: statement, at: index)
    }

    static func read(from statement: OpaquePointer, at index: CInt) throws -> SuppliedText {
        guard let lists = try JSON.read(from: statement, at: index).array, lists.count == 2 else {
            throw DatabaseError.unreadable("list of supplied entities")
        }
        let entities = (lists[0].array ?? []).compactMap { row -> SuppliedEntity? in
            guard let cells = row.array, cells.count == 3, let name = cells[0].string, let type = cells[1].string else { return nil }
            return SuppliedEntity(name: name, type: type, description: cells[2].string)
        }
        let relationships = (lists[1].array ?? []).compactMap { row -> SuppliedRelationship? in
            guard let cells = row.array, cells.count == 4, let source = cells[0].string, let target = cells[1].string,
                let type = cells[2].string
            else { return nil }
            return SuppliedRelationship(source: source, target: target, type: type, description: cells[3].string)
        }
        return SuppliedText(entities, relationships)
    }
}
