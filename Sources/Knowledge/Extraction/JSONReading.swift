/// Extracts the fragments of a JSON document.
struct JSONReading {
    let occurredAt: Timestamp?

    func read(_ fragments: [JSONFragment], into builder: inout ExtractionBuilder) {
        for fragment in fragments {
            switch fragment {
            case .entity(let name, let offset):
                _ = builder.entity(name.name, type: name.type, mention: offset.map { $0..<($0 + name.name.unicodeScalars.count) })
            case .relation(let source, let member, let target):
                relate(source, member, target.name, target.type, into: &builder)
            case .text(let text, let offset, let owner, let member):
                read(text, offset: offset, owner: owner, member: member, into: &builder)
            }
        }
    }

    private func relate(
        _ source: JSONFragment.Name, _ member: String, _ target: String, _ type: String, mention: Range<Int>? = nil,
        into builder: inout ExtractionBuilder
    ) {
        let from = builder.entity(source.name, type: source.type)
        let to = builder.entity(target, type: type, mention: mention)
        builder.relate(from, NameKey.relationshipType(member), to, fact: "\(source.name): \(member) \(target)")
    }

    private func read(_ text: String, offset: Int?, owner: JSONFragment.Name?, member: String?, into builder: inout ExtractionBuilder) {
        let scalars = text.unicodeScalars.map(\.value)
        let passage = Passage(original: scalars, masked: scalars, offset: offset)
        let names = NameFinder.mentions(in: passage, occurredAt: occurredAt)
        if let owner, let member {
            // A value that is one name belongs to the object by its member's name.
            if names.count == 1, names[0].tokens == passage.tokens.indices {
                let place = offset.flatMap { offset in names[0].scalars.map { ($0.lowerBound + offset)..<($0.upperBound + offset) } }
                return relate(owner, member, names[0].name, names[0].kind.name, mention: place, into: &builder)
            }
            if let kind = Self.kinds[WordKey(member)], looksLikeName(passage), let last = passage.tokens.last {
                let place = offset.map { ($0 + passage.tokens[0].start)..<($0 + last.end) }
                return relate(owner, member, passage.name(passage.tokens.indices), kind.name, mention: place, into: &builder)
            }
        }
        var finder = RelationFinder(passage: passage, names: names, turns: [])
        finder.run()
        builder.add(passage, mentions: finder.mentions, statements: finder.statements, turns: [])
    }

    private func looksLikeName(_ passage: Passage) -> Bool {
        (1...4).contains(passage.tokens.count) && passage.tokens.allSatisfy { $0.isCapitalised && $0.tags.isDisjoint(with: .pronoun) }
    }

    /// What a member's name says of its value.
    private static let kinds: [WordKey: ThingKind] = {
        var kinds: [WordKey: ThingKind] = [:]
        for word in ["city", "country", "location", "place", "town", "state", "region", "birthplace", "hometown", "headquarters"] {
            kinds[WordKey(word)] = .location
        }
        for word in [
            "author", "ceo", "cto", "founder", "founders", "manager", "owner", "creator", "director", "spouse", "wife", "husband", "friend",
            "friends", "assignee", "reporter"
        ] {
            kinds[WordKey(word)] = .person
        }
        for word in ["company", "employer", "organization", "organisation", "school", "university", "publisher", "client", "vendor"] {
            kinds[WordKey(word)] = .organization
        }
        return kinds
    }()
}
