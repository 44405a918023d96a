/// Decides a ``Resolution`` against the names and entities held.
///
/// An entity is the node that shares one of its names and has a compatible type: the same, or one of the two is weak.
/// A person of one name is the only person with that first name; a person of several is the only person so far known by
/// the first of them alone. In doubt it is a node of its own: two nodes that are one are a smaller harm than one that is two.
/// Doubt is settled by what the graph knew then, so the order of episodes matters, and nothing else.
struct Resolver {
    /// A first name leads to at most this many persons: from two on it tells nothing, and the list must not grow with the graph.
    static let firstNameLimit = 8
    /// A whole name leads to at most this many nodes of different types. Further ones are made, and not found again.
    static let namesakeLimit = 32

    static func limit(of key: String) -> Int { key.hasPrefix("f:") ? firstNameLimit : namesakeLimit }

    private let names: [String: [EntityNumber]]
    private let entities: [EntityNumber: EntityRecord]
    private var resolution = Resolution()
    private var nodeOfNumber: [EntityNumber: Int] = [:]
    /// Nodes under the keys that they get in this episode.
    private var nodesOfKey: [String: [Int]] = [:]

    init(names: [String: [EntityNumber]], entities: [EntityNumber: EntityRecord]) {
        self.names = names
        self.entities = entities
    }

    /// - Precondition: every key of the extraction is held, as are the entities it leads to.
    consuming func resolve(_ extraction: Extraction) -> Resolution {
        resolution.places.reserveCapacity(extraction.entities.count)
        for entity in extraction.entities { place(entity) }
        return resolution
    }

    // MARK: Finding

    /// A node that a key leads to.
    private struct Candidate {
        var number: EntityNumber?
        /// Its index in the resolution; `nil` for one that the episode has not named yet.
        var node: Int?
        var name: String
        var type: String
    }

    /// In ascending order of number, new nodes last.
    private func candidates(for key: String) -> [Candidate] {
        var found: [Candidate] = []
        for number in names[key] ?? [] {
            if let index = nodeOfNumber[number] {
                found.append(candidate(index))
            } else if let record = entities[number] {
                found.append(Candidate(number: number, node: nil, name: record.name, type: record.type))
            }
        }
        guard let added = nodesOfKey[key] else { return found }
        found.append(contentsOf: added.map(candidate))
        found.sort { left, right in
            switch (left.number, right.number) {
            case (let left?, let right?): left < right
            case (nil, nil): left.node ?? 0 < right.node ?? 0
            case (let number, _): number != nil
            }
        }
        return found
    }

    private func candidate(_ index: Int) -> Candidate {
        let node = resolution.nodes[index]
        return Candidate(number: node.number, node: index, name: node.name, type: node.type)
    }

    private func namesake(of entity: ExtractedEntity, key: ResolutionKey) -> Candidate? {
        let isWeak = TypeCompatibility.isWeak(entity.type)
        for name in key.names {
            var found = candidates(for: name)
            // A person whose full name came to light is no longer found by the first name as if it were the whole.
            if key.isSingleWord {
                found.removeAll {
                    TypeCompatibility.isPerson($0.type) && !FoldedName($0.name, isPerson: true).isSingleWord
                }
            }
            if let same = found.first(where: { TypeCompatibility.areEqual($0.type, entity.type) }) { return same }
            if isWeak {
                let strong = found.filter { !TypeCompatibility.isWeak($0.type) }
                if strong.count == 1 { return strong[0] }
            }
            if let weak = found.first(where: { TypeCompatibility.isWeak($0.type) }) { return weak }
        }
        return nil
    }

    /// The only person with this first name; for a full name only if nothing but the first name is known of that person.
    private func personByFirstName(_ key: ResolutionKey) -> Candidate? {
        guard let firstName = key.firstName, (names[firstName]?.count ?? 0) + (nodesOfKey[firstName]?.count ?? 0) == 1,
            let person = candidates(for: firstName).first
        else { return nil }
        return key.isSingleWord || FoldedName(person.name, isPerson: true).isSingleWord ? person : nil
    }

    // MARK: Placing

    private mutating func place(_ entity: ExtractedEntity) {
        let key = ResolutionKey(name: entity.name, type: entity.type)
        let index: Int
        if let found = namesake(of: entity, key: key) {
            index = node(of: found)
            add(keys: key.all, to: index)
        } else if let person = personByFirstName(key) {
            index = node(of: person)
            if !key.isSingleWord {
                resolution.nodes[index].name = entity.name
                add(keys: key.all, to: index)
            }
        } else {
            index = resolution.nodes.count
            resolution.nodes.append(Resolution.Node(number: nil, name: entity.name, type: entity.type, summary: ""))
            add(keys: key.all, to: index)
        }
        resolution.places.append(index)
        enrich(&resolution.nodes[index], with: entity)
    }

    private mutating func node(of candidate: Candidate) -> Int {
        if let node = candidate.node { return node }
        let index = resolution.nodes.count
        if let number = candidate.number { nodeOfNumber[number] = index }
        let summary = candidate.number.flatMap { entities[$0]?.summary } ?? ""
        resolution.nodes.append(
            Resolution.Node(number: candidate.number, name: candidate.name, type: candidate.type, summary: summary))
        return index
    }

    private mutating func add(keys: [String], to index: Int) {
        for key in keys {
            let held = names[key] ?? []
            let added = nodesOfKey[key] ?? []
            if let number = resolution.nodes[index].number, held.contains(number) { continue }
            if added.contains(index) { continue }
            if held.count + added.count >= Self.limit(of: key) { continue }
            nodesOfKey[key, default: []].append(index)
            resolution.nodes[index].newKeys.append(key)
        }
    }

    /// A stronger type replaces a weak one; the longer description stays, the first of equally long ones.
    private func enrich(_ node: inout Resolution.Node, with entity: ExtractedEntity) {
        if TypeCompatibility.isWeak(node.type), !TypeCompatibility.isWeak(entity.type) { node.type = entity.type }
        if let description = entity.description, description.utf8.count > node.summary.utf8.count { node.summary = description }
        node.forms.append(EntityForm(name: entity.name, type: entity.type, description: entity.description))
        if node.mentions.isEmpty {
            node.mentions = entity.mentions
        } else if !entity.mentions.isEmpty {
            node.mentions = Self.union(node.mentions, entity.mentions)
        }
    }

    private static func union(_ left: [Range<Int>], _ right: [Range<Int>]) -> [Range<Int>] {
        let all = (left + right).sorted { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
        var united: [Range<Int>] = []
        for range in all where range != united.last { united.append(range) }
        return united
    }
}
