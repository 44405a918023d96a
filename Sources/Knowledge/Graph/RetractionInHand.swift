/// A retraction between its beginning and its end: what was read for it, and what it has left over.
struct RetractionInHand: Sendable {
    /// What the contributions that go say of one entity.
    struct Naming: Sendable {
        /// How many of them name it.
        var count = 0
        /// Each with the first version in which it goes.
        var forms: [EntityForm: Int64] = [:]
        var isLegacy = false
    }

    /// What the contributions that go say of one relationship.
    struct Stating: Sendable {
        var count = 0
        var first: MemoryNumber
        var facts: [Contribution.Fact?] = []
    }

    let contributions: [Contribution]
    let memories: Set<MemoryNumber>
    /// Which of ``memories`` the integration gives a new contribution to.
    let replaced: MemoryNumber?
    private(set) var naming: [EntityNumber: Naming] = [:]
    private(set) var stating: [RelationshipNumber: Stating] = [:]

    // What was read; `nil` inside for what is not there, though nothing that anybody wrote leads there.
    private(set) var absentEntities: Set<EntityNumber> = []
    private(set) var edges: [RelationshipNumber: RelationshipRecord?] = [:]
    private(set) var forms: [EntityNumber: [EntityForm]?] = [:]
    private(set) var facts: [RelationshipNumber: Contribution.Fact?] = [:]

    // What it has done.
    var isDone = false
    /// The weight that goes, by edge.
    var loosened: [CommunityMap.Edge] = []
    /// Entities that nobody names any more, and under which keys of theirs.
    var orphans: [EntityNumber: EntityRecord] = [:]
    var orphansByKey: [String: [EntityNumber]] = [:]
    /// Orphans that were named again.
    var revived: Set<EntityNumber> = []
    var orphanedEdges: [RelationshipKey: RelationshipRecord] = [:]
    var changedEntities: [EntityNumber] = []
    var changedEdges: [RelationshipKey] = []
    var removedNames: [EntityName] = []
    var newNames: [EntityName] = []

    init(_ contributions: [Contribution], replaced: MemoryNumber?) {
        self.contributions = contributions
        self.replaced = replaced
        memories = Set(contributions.map(\.memory))
        for contribution in contributions {
            for mention in contribution.mentions {
                var naming = naming[mention.entity] ?? Naming()
                naming.count += 1
                if mention.forms.isEmpty { naming.isLegacy = true }
                for form in mention.forms { naming.forms[form] = min(contribution.version, naming.forms[form] ?? .max) }
                self.naming[mention.entity] = naming
            }
            for statement in contribution.statements {
                var stating = stating[statement.relationship] ?? Stating(first: contribution.memory)
                stating.count += 1
                stating.first = min(stating.first, contribution.memory)
                stating.facts.append(statement.fact)
                self.stating[statement.relationship] = stating
            }
        }
    }

    mutating func fill(_ read: RetractionFacts) {
        for (number, record) in read.entities where record == nil { absentEntities.insert(number) }
        edges.merge(read.relationships) { held, _ in held }
        forms.merge(read.forms) { held, _ in held }
        facts.merge(read.facts) { held, _ in held }
    }

    /// The forms of an entity that go.
    func retractedForms(of entity: EntityRecord) -> [EntityForm: Int64] {
        guard let naming = naming[entity.number] else { return [:] }
        guard naming.isLegacy else { return naming.forms }
        // An older version did not write them down: any of what is there may be theirs.
        let summary = entity.summary.isEmpty ? nil : entity.summary
        return naming.forms.merging([EntityForm(name: entity.name, type: entity.type, description: summary): 0]) { min($0, $1) }
    }

    /// Whether the record of a relationship has the fact of one of those that go.
    func hasRetractedFact(_ edge: RelationshipRecord) -> Bool {
        let own = Contribution.Fact(edge.fact, validAt: edge.validAt)
        return stating[edge.number]?.facts.contains { $0 == nil || $0 == own } ?? false
    }

    /// The edges' changes together with those of an integration, each pair of ends once, without those that come to nothing.
    func landing(with edges: [CommunityMap.Edge]) -> [CommunityMap.Edge] {
        struct Ends: Hashable {
            var source: EntityNumber
            var target: EntityNumber
        }
        var weights: [Ends: Int] = [:]
        var order: [Ends] = []
        for edge in loosened + edges {
            let ends = Ends(source: edge.source, target: edge.target)
            if weights[ends] == nil { order.append(ends) }
            weights[ends, default: 0] += edge.weight
        }
        return order.compactMap { ends in
            guard let weight = weights[ends], weight != 0 else { return nil }
            return CommunityMap.Edge(source: ends.source, target: ends.target, weight: weight)
        }
    }

    /// The orphan that a new node goes on with, if one bore one of its whole names: one of the same type before others, then the oldest.
    mutating func revive(for node: Resolution.Node) -> EntityRecord? {
        guard !orphans.isEmpty else { return nil }
        var best: EntityRecord?
        for key in node.newKeys where key.hasPrefix("n:") {
            for number in orphansByKey[key] ?? [] {
                guard let orphan = orphans[number] else { continue }
                func rank(_ record: EntityRecord) -> (Int, EntityNumber) {
                    (TypeCompatibility.areEqual(record.type, node.type) ? 0 : 1, record.number)
                }
                if best.map({ rank(orphan) < rank($0) }) ?? true { best = orphan }
            }
        }
        guard let best else { return nil }
        orphans[best.number] = nil
        revived.insert(best.number)
        return best
    }
}
