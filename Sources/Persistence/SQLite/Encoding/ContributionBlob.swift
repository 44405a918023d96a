import GRDB
import Knowledge

/// What one memory put into the graph, in one column.
///
/// A zero byte, the format (1), the graph's version of its commit, and how many mentions follow. Of each its entity's number, how many ranges
/// follow, and of each range the distance from the end of the one before (from 0) and its length; how many forms follow, and of each its
/// type, name and description. Then the statements: of each its relationship's number, what is known of its fact, and that. A number is a
/// variable-length integer of seven bits a byte, zigzag-coded, because ranges may overlap; a text is its length plus one and its bytes, or 0 for none.
///
/// Older versions wrote only mentions with their ranges, one after the other, without anything before them; an entity's number is never 0.
struct ContributionBlob: Storable {
    /// Of the memory's number nothing is written.
    var contribution: Contribution

    init(_ contribution: Contribution) {
        self.contribution = contribution
    }

    /// Types that are written as one byte. What has been written once keeps its place here.
    private static let types = [
        "Person", "Organization", "Location", "Date", "EmailAddress", "WebAddress", "CreativeWork", "Topic", "Entity", "Product", "Event"
    ]

    private enum FactMark: Int64 {
        case inRecord, timeless, timed
    }

    func put(into statement: OpaquePointer, at index: CInt) {
        var writer = PackedWriter(capacity: contribution.mentions.count * 32 + contribution.statements.count * 8 + 8)
        writer.append(byte: 0)
        writer.append(byte: 1)
        writer.append(contribution.version)
        writer.append(Int64(contribution.mentions.count))
        for mention in contribution.mentions {
            writer.append(mention.entity.rawValue)
            writer.append(mention.ranges)
            writer.append(Int64(mention.forms.count))
            for form in mention.forms {
                if let type = Self.types.firstIndex(of: form.type) {
                    writer.append(Int64(-1 - type))
                } else {
                    writer.append(form.type)
                }
                writer.append(form.name)
                writer.append(form.description)
            }
        }
        for statement in contribution.statements {
            writer.append(statement.relationship.rawValue)
            guard let fact = statement.fact else {
                writer.append(FactMark.inRecord.rawValue)
                continue
            }
            writer.append((fact.validAt == nil ? FactMark.timeless : .timed).rawValue)
            writer.append(fact.text)
            if let validAt = fact.validAt { writer.append(validAt.microseconds) }
        }
        writer.bytes.put(into: statement, at: index)
    }

    static func read(from statement: OpaquePointer, at index: CInt) throws -> ContributionBlob {
        let bytes = [UInt8].read(from: statement, at: index)
        var reader = PackedReader(bytes)
        var contribution = Contribution(memory: MemoryNumber(0), version: 0)
        guard bytes.first == 0 else {
            while !reader.isAtEnd {
                contribution.mentions.append(GraphDelta.Mention(entity: EntityNumber(try reader.next()), ranges: try reader.ranges()))
            }
            return ContributionBlob(contribution)
        }
        guard bytes.count > 2, bytes[1] == 1 else { throw DatabaseError.unreadable("contribution") }
        reader.skip(2)
        contribution.version = try reader.next()
        for _ in 0..<max(0, try reader.next()) {
            var mention = GraphDelta.Mention(entity: EntityNumber(try reader.next()), ranges: try reader.ranges())
            for _ in 0..<max(0, try reader.next()) {
                mention.forms.append(
                    EntityForm(type: try type(&reader), name: try reader.text() ?? "", description: try reader.text()))
            }
            contribution.mentions.append(mention)
        }
        while !reader.isAtEnd {
            var statement = Contribution.Statement(RelationshipNumber(try reader.next()))
            switch FactMark(rawValue: try reader.next()) {
            case .inRecord: break
            case .timeless: statement.fact = Contribution.Fact(try reader.text() ?? "", validAt: nil)
            case .timed:
                let text = try reader.text() ?? ""
                statement.fact = Contribution.Fact(text, validAt: Timestamp(microseconds: try reader.next()))
            case nil: throw DatabaseError.unreadable("contribution")
            }
            contribution.statements.append(statement)
        }
        return ContributionBlob(contribution)
    }

    private static func type(_ reader: inout PackedReader) throws -> String {
        let length = try reader.next()
        guard length < 0 else { return try reader.text(length: length) ?? "" }
        guard length > Int64.min, types.indices.contains(Int(-1 - length)) else { throw DatabaseError.unreadable("contribution") }
        return types[Int(-1 - length)]
    }
}

extension EntityForm {
    /// In the order in which its parts are written.
    fileprivate init(type: String, name: String, description: String?) {
        self.init(name: name, type: type, description: description)
    }
}
