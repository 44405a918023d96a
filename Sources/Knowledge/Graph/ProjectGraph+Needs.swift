extension ProjectGraph {
    /// What must be read before the extraction can be integrated. Ask again after each ``fill(_:)``: after at most three (names and
    /// schema; relationships and neighbourhoods; communities) nothing is missing.
    /// - Complexity: linear in the extraction and in the neighbours of its entities, at most ``neighbourhoodLimit`` each.
    package func missing(for extraction: Extraction) -> GraphNeeds {
        var needs = GraphNeeds()
        needs.schema = schema == nil
        needs.names = missingNames(for: extraction)
        guard needs.names.isEmpty else { return needs }
        let resolution = resolve(extraction)
        var ends = OrderedNumbers<EntityKind>()
        for edge in retraction?.loosened ?? [] {
            ends.append(edge.source)
            ends.append(edge.target)
        }
        var asked: Set<RelationshipKey> = []
        for relationship in extraction.relationships {
            guard let (source, target) = resolution.ends(of: relationship) else { continue }
            let numbers = (source: resolution.nodes[source].number, target: resolution.nodes[target].number)
            if let number = numbers.source { ends.append(number) }
            if let number = numbers.target { ends.append(number) }
            guard let source = numbers.source, let target = numbers.target else { continue }
            let key = RelationshipKey(source: source, target: target, type: relationship.type)
            if relationships[key] == nil, asked.insert(key).inserted { needs.relationships.append(key) }
        }
        let movable = ends.items.filter { (entities[$0]?.degree ?? 0) <= Self.neighbourhoodLimit }
        needs.neighbourhoods = movable.filter { communities.neighbourhoods[$0] == nil }
        guard needs.relationships.isEmpty, needs.neighbourhoods.isEmpty else { return needs }
        var missing = OrderedNumbers<CommunityKind>()
        func want(_ entity: EntityNumber) {
            if let home = communities.homes[entity], communities.records[home] == nil { missing.append(home) }
        }
        for end in ends.items { want(end) }
        for end in movable {
            for tie in communities.neighbourhoods[end]?.ties ?? [] { want(tie.entity) }
        }
        needs.communities = missing.items
        return needs
    }

    private func missingNames(for extraction: Extraction) -> [String] {
        var missing: [String] = []
        var asked: Set<String> = []
        for entity in extraction.entities {
            for key in ResolutionKey(name: entity.name, type: entity.type).all where names[key] == nil && asked.insert(key).inserted {
                missing.append(key)
            }
        }
        return missing
    }

    /// Takes in what was read. What is held already stays: it may be newer.
    package mutating func fill(_ facts: GraphFacts) {
        for (key, records) in facts.names where names[key] == nil {
            let records = retraction.map { retraction in records.filter { retraction.orphans[$0.number] == nil } } ?? records
            names[key] = records.map(\.number)
            for record in records { fill(record) }
        }
        if retraction != nil {
            for case let record? in facts.retraction.entities.values { fill(record) }
            retraction?.fill(facts.retraction)
        }
        for (key, record) in facts.relationships where relationships[key] == nil { relationships[key] = .some(record) }
        for (entity, neighbours) in facts.neighbourhoods where isSmall(entity) { communities.fill(neighbours, of: entity) }
        for record in facts.communities { communities.fill(record) }
        if schema == nil { schema = facts.schema }
    }

    private mutating func fill(_ record: EntityRecord) {
        guard entities[record.number] == nil else { return }
        entities[record.number] = record
        communities.fill(home: record.community, of: record.number)
    }

    /// A reading may arrive when its entity has become a hub meanwhile.
    private func isSmall(_ entity: EntityNumber) -> Bool {
        (entities[entity]?.degree ?? 0) <= Self.neighbourhoodLimit
    }
}

/// Numbers in the order in which they came, each once.
private struct OrderedNumbers<Kind> {
    private(set) var items: [Number<Kind>] = []
    private var seen: Set<Number<Kind>> = []

    mutating func append(_ number: Number<Kind>) {
        if seen.insert(number).inserted { items.append(number) }
    }
}
