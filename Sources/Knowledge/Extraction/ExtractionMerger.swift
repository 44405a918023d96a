/// Joins the extractions of an episode's parts.
///
/// One entity is what has the same type and the same name, case, a possessive's ending and titles aside. A `Topic`, which is a
/// name of unknown kind, joins whatever else has its name; a bare first name joins the only full name that starts with it, and an
/// organisation the only one that has its name and a legal form such as "Ltd".
/// O(entities + mentions + relationships), apart from sorting mentions.
struct ExtractionMerger {
    private struct Key: Hashable {
        var type: String
        var name: String
    }

    /// Whether a name alone decides, as in JSON, where the document says the type.
    private let ignoresTypes: Bool
    private var entities: [ExtractedEntity] = []
    private var keys: [Key] = []
    private var index: [Key: Int] = [:]
    private var relationships: [ExtractedRelationship] = []

    init(ignoresTypes: Bool) { self.ignoresTypes = ignoresTypes }

    mutating func add(_ part: Extraction) {
        let places = part.entities.map { place($0) }
        for relationship in part.relationships {
            guard places.indices.contains(relationship.source), places.indices.contains(relationship.target) else { continue }
            var moved = relationship
            moved.source = places[relationship.source]
            moved.target = places[relationship.target]
            relationships.append(moved)
        }
    }

    private mutating func place(_ entity: ExtractedEntity) -> Int {
        let name = NameKey.key(entity.name, type: entity.type)
        let key = Key(type: ignoresTypes ? "" : entity.type, name: name)
        if let known = index[key] {
            join(entity, into: known)
            return known
        }
        index[key] = entities.count
        entities.append(entity)
        keys.append(Key(type: entity.type, name: name))
        return entities.count - 1
    }

    private mutating func join(_ entity: ExtractedEntity, into index: Int) {
        if entity.name.unicodeScalars.count > entities[index].name.unicodeScalars.count { entities[index].name = entity.name }
        entities[index].mentions += entity.mentions
        entities[index].description = entities[index].description ?? entity.description
    }

    mutating func merged(with supplied: [SuppliedEntity], _ suppliedRelationships: [SuppliedRelationship]) -> Extraction {
        var roots = joinAliases()
        var byName: [String: Int] = [:]
        for place in entities.indices where byName[keys[place].name] == nil { byName[keys[place].name] = roots[place] }
        for entity in supplied { supply(entity, &byName, &roots) }
        let firstSupplied = relationships.count
        for relationship in suppliedRelationships {
            let source = endpoint(relationship.source, &byName, &roots)
            let target = endpoint(relationship.target, &byName, &roots)
            guard let source, let target else { continue }
            let type = NameKey.relationshipType(relationship.type)
            let words = type.lowercased().split(separator: "_").joined(separator: " ")
            let fact = relationship.description ?? "\(NameKey.folded(relationship.source)) \(words) \(NameKey.folded(relationship.target))"
            relationships.append(ExtractedRelationship(source: source, target: target, type: type, fact: fact))
        }
        return compact(roots, suppliedFrom: firstSupplied)
    }

    /// For every entity the one that it is part of, itself for most.
    private func joinAliases() -> [Int] {
        var roots = Array(entities.indices)
        guard !ignoresTypes else { return roots }
        let person = ThingKind.person.name
        let topic = ThingKind.topic.name
        var typed: [String: Int] = [:]
        let organization = ThingKind.organization.name
        var full: [Substring: Int] = [:]
        var legal: [Substring: Int] = [:]
        for (place, key) in keys.enumerated() where key.type != topic {
            if typed[key.name] == nil { typed[key.name] = place }
            if key.type == organization, let space = key.name.lastIndex(of: " "),
                Lexicon.isLegalForm(key.name[key.name.index(after: space)...])
            {
                let short = key.name[..<space]
                legal[short] = legal[short] == nil ? place : -1
            }
            guard key.type == person, let space = key.name.firstIndex(of: " ") else { continue }
            let first = key.name[..<space]
            // -1: more than one full name begins so.
            full[first] = full[first] == nil ? place : -1
        }
        for (place, key) in keys.enumerated() {
            if key.type == person, !key.name.contains(" ") {
                if let other = full[Substring(key.name)], other >= 0 { roots[place] = other }
            } else if key.type == organization, let other = legal[Substring(key.name)], other >= 0 {
                roots[place] = other
            } else if key.type == topic, let other = typed[key.name] {
                roots[place] = roots[other]
            }
        }
        // A topic may have met a first name before that one was joined.
        for place in roots.indices { roots[place] = roots[roots[place]] }
        return roots
    }

    private mutating func supply(_ supplied: SuppliedEntity, _ byName: inout [String: Int], _ roots: inout [Int]) {
        let name = NameKey.folded(supplied.name)
        guard !name.isEmpty else { return }
        let lookup = [NameKey.key(name, type: supplied.type), NameKey.key(name, type: ThingKind.person.name)]
        guard let known = byName[lookup[0]] ?? byName[lookup[1]] else {
            byName[lookup[0]] = append(ExtractedEntity(name: name, type: supplied.type, description: supplied.description), &roots)
            return
        }
        entities[known].type = supplied.type
        entities[known].description = supplied.description ?? entities[known].description
        if name.unicodeScalars.count >= entities[known].name.unicodeScalars.count { entities[known].name = name }
        // Whatever else has this name is what the client means.
        for type in ThingKind.allNames {
            if let other = index[Key(type: type, name: lookup[0])], roots[other] == other, other != known, other < known || !ignoresTypes {
                roots[other] = known
            }
        }
    }

    private mutating func endpoint(_ name: String, _ byName: inout [String: Int], _ roots: inout [Int]) -> Int? {
        let folded = NameKey.folded(name)
        guard !folded.isEmpty else { return nil }
        let lookup = [NameKey.key(folded, type: ""), NameKey.key(folded, type: ThingKind.person.name)]
        if let known = byName[lookup[0]] ?? byName[lookup[1]] { return known }
        let place = append(ExtractedEntity(name: folded, type: "Entity"), &roots)
        byName[lookup[0]] = place
        return place
    }

    private mutating func append(_ entity: ExtractedEntity, _ roots: inout [Int]) -> Int {
        entities.append(entity)
        keys.append(Key(type: entity.type, name: NameKey.key(entity.name, type: entity.type)))
        roots.append(entities.count - 1)
        return entities.count - 1
    }

    /// Leaves one entity for each root, in the order of first appearance, and renumbers.
    private func compact(_ roots: [Int], suppliedFrom firstSupplied: Int) -> Extraction {
        func root(_ place: Int) -> Int {
            let above = roots[place]
            return above == place ? place : roots[above]
        }
        var numbers: [Int: Int] = [:]
        var result = Extraction()
        for place in entities.indices {
            let root = root(place)
            if let number = numbers[root] {
                result.entities[number].mentions += entities[place].mentions
                continue
            }
            numbers[root] = result.entities.count
            var entity = entities[root]
            entity.mentions = entities[place].mentions
            result.entities.append(entity)
        }
        for number in result.entities.indices {
            var mentions: [Range<Int>] = []
            for mention in result.entities[number].mentions.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) })
            where mentions.last != mention { mentions.append(mention) }
            result.entities[number].mentions = mentions
        }
        struct Link: Hashable {
            var source: Int
            var type: String
            var target: Int
        }
        var known: [Link: Int] = [:]
        for (place, relationship) in relationships.enumerated() {
            guard let source = numbers[root(relationship.source)], let target = numbers[root(relationship.target)], source != target else {
                continue
            }
            let link = Link(source: source, type: relationship.type, target: target)
            if let number = known[link] {
                // The client's words win over the text's.
                if place >= firstSupplied { result.relationships[number].fact = relationship.fact }
                continue
            }
            known[link] = result.relationships.count
            result.relationships.append(
                ExtractedRelationship(source: source, target: target, type: relationship.type, fact: relationship.fact))
        }
        return result
    }
}
