/// Puts an ``Extraction`` together: equal entities become one, equal relationships too.
struct ExtractionBuilder {
    private struct Link: Hashable {
        var source: Int
        var type: String
        var target: Int
    }

    private struct EntityKey: Hashable {
        var type: String
        var name: String
    }

    private(set) var extraction = Extraction()
    private var entityIndex: [EntityKey: Int] = [:]
    private var links: Set<Link> = []

    /// The index of the entity, new or known.
    mutating func entity(_ name: String, type: String, mention: Range<Int>? = nil) -> Int {
        let key = EntityKey(type: type, name: NameKey.key(name, type: type))
        let index: Int
        if let known = entityIndex[key] {
            index = known
            if name.utf8.count > extraction.entities[index].name.utf8.count,
                name.unicodeScalars.count > extraction.entities[index].name.unicodeScalars.count
            {
                extraction.entities[index].name = name
            }
        } else {
            index = extraction.entities.count
            extraction.entities.append(ExtractedEntity(name: name, type: type))
            entityIndex[key] = index
        }
        if let mention { extraction.entities[index].mentions.append(mention) }
        return index
    }

    mutating func relate(_ source: Int, _ type: String, _ target: Int, fact: String) {
        guard source != target, links.insert(Link(source: source, type: type, target: target)).inserted else { return }
        extraction.relationships.append(ExtractedRelationship(source: source, target: target, type: type, fact: fact))
    }

    /// Adds what a passage says.
    mutating func add(_ passage: Passage, mentions: [MentionSpan], statements: [RelationFinder.Statement], turns: [Turn]) {
        let order = mentions.indices.sorted {
            let left = mentions[$0].scalars?.lowerBound ?? -1
            let right = mentions[$1].scalars?.lowerBound ?? -1
            return left == right ? $0 < $1 : left < right
        }
        var entities = [Int](repeating: 0, count: mentions.count)
        for index in order {
            let mention = mentions[index]
            var place: Range<Int>?
            if let offset = passage.offset, let scalars = mention.scalars {
                place = (scalars.lowerBound + offset)..<(scalars.upperBound + offset)
            }
            entities[index] = entity(mention.name, type: mention.kind.name, mention: place)
        }
        var facts: [Int: String] = [:]
        for statement in statements {
            let sentence = passage.sentences[statement.sentence]
            let fact: String
            if let known = facts[statement.sentence] {
                fact = known
            } else {
                let text = passage.text(of: sentence)
                fact = sentence.turn.map { turns[$0].speaker + ": " + text } ?? text
                facts[statement.sentence] = fact
            }
            relate(entities[statement.source], statement.type, entities[statement.target], fact: fact)
        }
    }
}
