import GRDB
import Knowledge

/// An extraction in one column: a byte for the encoding's version, then JSON:
/// `[[[name, type, description, [start, length, …]], …], [[source, target, type, fact], …]]`.
struct ExtractionBlob: Storable {
    private static let version: UInt8 = 1

    /// `nil`: what another version of the program wrote. It is as if nothing had been kept.
    var extraction: Extraction?

    init(_ extraction: Extraction) {
        self.extraction = extraction
    }

    private init(bytes: [UInt8]) {
        guard bytes.first == Self.version, let document = try? JSON.parse(String(decoding: bytes.dropFirst(), as: UTF8.self)) else {
            return
        }  // See `extraction`.
        extraction = Self.extraction(document)
    }

    func put(into statement: OpaquePointer, at index: CInt) {
        guard let extraction else { return [UInt8]().put(into: statement, at: index) }
        let entities = extraction.entities.map { entity in
            let ranges = entity.mentions.flatMap { [JSON($0.lowerBound), JSON($0.count)] }
            return JSON.array([.string(entity.name), .string(entity.type), JSON(entity.description), .array(ranges)])
        }
        let relationships = extraction.relationships.map {
            JSON.array([JSON($0.source), JSON($0.target), .string($0.type), .string($0.fact)])
        }
        let text = JSON.array([.array(entities), .array(relationships)]).text
        ([Self.version] + Array(text.utf8)).put(into: statement, at: index)
    }

    static func read(from statement: OpaquePointer, at index: CInt) -> ExtractionBlob {
        ExtractionBlob(bytes: .read(from: statement, at: index))
    }

    private static func extraction(_ document: JSON) -> Extraction? {
        guard let lists = document.array, lists.count == 2, let entities = lists[0].array, let relationships = lists[1].array else {
            return nil
        }
        var extraction = Extraction()
        for row in entities {
            guard let cells = row.array, cells.count == 4, let name = cells[0].string, let type = cells[1].string,
                let numbers = cells[3].array?.compactMap(\.integer), numbers.count.isMultiple(of: 2), numbers.allSatisfy({ $0 >= 0 })
            else { return nil }
            let mentions = stride(from: 0, to: numbers.count, by: 2).map { Int(numbers[$0])..<Int(numbers[$0] + numbers[$0 + 1]) }
            extraction.entities.append(ExtractedEntity(name: name, type: type, description: cells[2].string, mentions: mentions))
        }
        for row in relationships {
            guard let cells = row.array, cells.count == 4, let source = cells[0].integer, let target = cells[1].integer,
                let type = cells[2].string, let fact = cells[3].string, extraction.entities.indices.contains(Int(source)),
                extraction.entities.indices.contains(Int(target))
            else { return nil }
            extraction.relationships.append(
                ExtractedRelationship(source: Int(source), target: Int(target), type: type, fact: fact))
        }
        return extraction
    }
}
