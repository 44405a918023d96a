import Synchronization
import Testing

@testable import Knowledge

/// A store of one graph in dictionaries: the simplest that answers ``GraphNeeds`` and applies ``GraphDelta``.
struct ReferenceGraph {
    private(set) var header = GraphHeader(version: 0, totalWeight: 0)
    private(set) var entities: [EntityNumber: EntityRecord] = [:]
    private(set) var names: [String: Set<EntityNumber>] = [:]
    private(set) var relationships: [RelationshipKey: RelationshipRecord] = [:]
    private(set) var neighbours: [EntityNumber: [EntityNumber: Int]] = [:]
    private(set) var communities: [CommunityNumber: CommunityRecord] = [:]
    private(set) var schema: Set<SchemaRecord> = []
    private(set) var contributions: [MemoryNumber: Contribution] = [:]

    func facts(for needs: GraphNeeds) -> GraphFacts {
        var facts = GraphFacts()
        for key in needs.names { facts.names[key] = (names[key] ?? []).sorted().compactMap { entities[$0] } }
        for key in needs.relationships { facts.relationships[key] = .some(relationships[key]) }
        for entity in needs.neighbourhoods {
            facts.neighbourhoods[entity] = (neighbours[entity] ?? [:]).sorted { $0.key < $1.key }
                .map { .init(entity: $0.key, community: entities[$0.key]?.community, weight: $0.value) }
        }
        facts.communities = needs.communities.compactMap { communities[$0] }
        if needs.schema { facts.schema = schema }
        if let retraction = needs.retraction { facts.retraction = self.facts(for: retraction) }
        return facts
    }

    private func facts(for needs: RetractionNeeds) -> RetractionFacts {
        var facts = RetractionFacts()
        for number in needs.entities { facts.entities.updateValue(entities[number], forKey: number) }
        for number in needs.relationships {
            facts.relationships.updateValue(relationships.values.first { $0.number == number }, forKey: number)
        }
        let others = contributions.values.filter { !needs.memories.contains($0.memory) }.sorted { $0.memory < $1.memory }
        for need in needs.forms {
            var reading = FormsReading(need)
            for other in others {
                guard let mention = other.mentions.first(where: { $0.entity == need.entity }) else { continue }
                if reading.hear(mention.forms, version: other.version, memory: other.memory) { break }
            }
            facts.forms.updateValue(reading.answer, forKey: need.entity)
        }
        for need in needs.facts {
            var reading = FactsReading(need)
            for other in others {
                guard let statement = other.statements.first(where: { $0.relationship == need.relationship }) else { continue }
                if reading.hear(statement, version: other.version, memory: other.memory) { break }
            }
            facts.facts.updateValue(reading.answer, forKey: need.relationship)
        }
        return facts
    }

    /// - Parameter memory: whose episode the delta takes in.
    mutating func apply(_ delta: GraphDelta, memory: MemoryNumber? = nil) {
        #expect(delta.baseVersion == header.version)
        if let retraction = delta.retraction { apply(retraction) }
        if let memory, !delta.mentions.isEmpty {
            let contribution = Contribution(
                memory: memory, version: delta.baseVersion + 1, mentions: delta.mentions, statements: delta.statements)
            #expect(contributions.updateValue(contribution, forKey: memory) == nil)
        }
        header.version += 1
        header.totalWeight += delta.addedWeight
        for record in delta.newEntities { #expect(entities.updateValue(record, forKey: record.number) == nil) }
        for record in delta.changedEntities { #expect(entities.updateValue(record, forKey: record.number) != nil) }
        for name in delta.newNames { #expect(names[name.key, default: []].insert(name.entity).inserted) }
        for record in delta.newRelationships { #expect(land(record) == nil) }
        for record in delta.changedRelationships { #expect(land(record) != nil) }
        for record in delta.newCommunities { #expect(communities.updateValue(record, forKey: record.number) == nil) }
        for record in delta.changedCommunities { #expect(communities.updateValue(record, forKey: record.number) != nil) }
        for number in delta.removedCommunities { #expect(communities.removeValue(forKey: number) != nil) }
        for record in delta.newSchema { #expect(schema.insert(record).inserted) }
    }

    private mutating func apply(_ retraction: GraphDelta.Retraction) {
        for memory in retraction.memories { #expect(contributions.removeValue(forKey: memory) != nil) }
        for number in retraction.relationships {
            guard let edge = relationships.values.first(where: { $0.number == number }) else {
                Issue.record("a relationship that is not there is removed")
                continue
            }
            relationships[RelationshipKey(source: edge.source, target: edge.target, type: edge.type)] = nil
            tie(edge.source, edge.target, -edge.weight)
        }
        for name in retraction.names {
            #expect(names[name.key]?.remove(name.entity) != nil)
            if names[name.key]?.isEmpty == true { names[name.key] = nil }
        }
        for number in retraction.entities { #expect(entities.removeValue(forKey: number) != nil) }
    }

    private mutating func tie(_ source: EntityNumber, _ target: EntityNumber, _ weight: Int) {
        for (one, other) in [(source, target), (target, source)] {
            neighbours[one, default: [:]][other, default: 0] += weight
            if neighbours[one]?[other] == 0 { neighbours[one]?[other] = nil }
        }
    }

    private mutating func land(_ record: RelationshipRecord) -> RelationshipRecord? {
        let key = RelationshipKey(source: record.source, target: record.target, type: record.type)
        let old = relationships.updateValue(record, forKey: key)
        tie(record.source, record.target, record.weight - (old?.weight ?? 0))
        return old
    }

    var isEmpty: Bool {
        entities.isEmpty && names.isEmpty && relationships.isEmpty && communities.isEmpty && contributions.isEmpty
            && header.totalWeight == 0
    }

    /// As an older version would have written the contribution.
    mutating func forgetForms(of memory: MemoryNumber) {
        guard var old = contributions[memory] else { return }
        old.version = 0
        for index in old.mentions.indices { old.mentions[index].forms = [] }
        for index in old.statements.indices { old.statements[index].fact = nil }
        contributions[memory] = old
    }

    /// What must hold of every graph, computed anew from its edges.
    func expectInvariants() {
        #expect(header.totalWeight == relationships.values.reduce(0) { $0 + $1.weight })
        #expect(communities.values.reduce(0) { $0 + $1.totalWeight } == 2 * header.totalWeight)
        var degrees: [EntityNumber: Int] = [:]
        for key in relationships.keys {
            degrees[key.source, default: 0] += 1
            degrees[key.target, default: 0] += 1
        }
        var members: [CommunityNumber: Int] = [:]
        var weights: [CommunityNumber: Int] = [:]
        for entity in entities.values {
            #expect(entity.degree == degrees[entity.number, default: 0])
            #expect((entity.community == nil) == (entity.degree == 0))
            guard let community = entity.community else { continue }
            members[community, default: 0] += 1
            weights[community, default: 0] += neighbours[entity.number, default: [:]].values.reduce(0, +)
        }
        #expect(communities.mapValues(\.memberCount) == members)
        #expect(communities.mapValues(\.totalWeight) == weights)
    }

    var modularity: Double {
        let total = Double(2 * header.totalWeight)
        var sum = 0.0
        for edge in relationships.values where entities[edge.source]?.community == entities[edge.target]?.community {
            sum += Double(2 * edge.weight) / total
        }
        for community in communities.values {
            let share = Double(community.totalWeight) / total
            sum -= share * share
        }
        return sum
    }

    /// The graph without numbers and identifiers.
    var portrait: Set<String> {
        var lines: Set<String> = []
        func label(_ number: EntityNumber) -> String { entities[number].map { "\($0.type) \($0.name)" } ?? "?" }
        var members: [CommunityNumber: [String]] = [:]
        for entity in entities.values {
            lines.insert("\(label(entity.number)) | \(entity.summary) | \(entity.mentionCount) | \(entity.degree)")
            if let community = entity.community { members[community, default: []].append(label(entity.number)) }
        }
        for edge in relationships.values {
            lines.insert("\(label(edge.source)) \(edge.type) \(label(edge.target)) | \(edge.weight) | \(edge.fact)")
        }
        for member in members.values { lines.insert(member.sorted().joined(separator: ", ")) }
        return lines
    }
}

extension GraphNumbering {
    /// Counts up from `start`, the same in every run.
    static func counting(from start: Int64 = 0, step: Int64 = 1) -> GraphNumbering {
        let counters = Counters(start: start, step: step)
        return GraphNumbering(
            entity: { EntityNumber(counters.next(0)) }, relationship: { RelationshipNumber(counters.next(1)) },
            community: { CommunityNumber(counters.next(2)) },
            identifier: { Identifier(high: UInt64(bitPattern: -step), low: UInt64(bitPattern: counters.next(3))) })
    }

    private final class Counters: Sendable {
        private let values: Mutex<[Int64]>
        private let step: Int64

        init(start: Int64, step: Int64) {
            values = Mutex(Array(repeating: start, count: 4))
            self.step = step
        }

        func next(_ index: Int) -> Int64 {
            values.withLock {
                $0[index] += step
                return $0[index]
            }
        }
    }
}

extension ProjectGraph {
    /// Reads what is missing, in at most three rounds.
    mutating func fill(for extraction: Extraction, from store: ReferenceGraph) -> [GraphNeeds] {
        var rounds: [GraphNeeds] = []
        while rounds.count < 4 {
            let needs = missing(for: extraction)
            if needs.isEmpty { break }
            rounds.append(needs)
            fill(store.facts(for: needs))
        }
        #expect(rounds.count <= 3)
        return rounds
    }

    mutating func take(_ extraction: Extraction, at second: Int64, from store: ReferenceGraph, _ numbering: GraphNumbering) -> GraphDelta {
        _ = fill(for: extraction, from: store)
        let now = Timestamp(microseconds: second * 1_000_000)
        return integrate(extraction, at: now, happenedAt: nil, numbering: numbering, communitiesStage: {})
    }
}

/// A project that commits every episode at once.
struct TestProject {
    private(set) var store = ReferenceGraph()
    private(set) var graph = ProjectGraph(header: GraphHeader(version: 0, totalWeight: 0))
    private let numbering = GraphNumbering.counting()
    private var second: Int64 = 0

    @discardableResult
    mutating func take(_ extraction: Extraction) -> GraphDelta {
        second += 1
        let delta = graph.take(extraction, at: second, from: store, numbering)
        store.apply(delta)
        return delta
    }

    /// Takes in an episode that only names things.
    @discardableResult
    mutating func take(_ entities: (name: String, type: String)...) -> GraphDelta {
        take(Extraction(entities: entities.map { ExtractedEntity(name: $0.name, type: $0.type) }))
    }

    /// `name (type)` of every node in the order in which they were made.
    var nodes: [String] { store.entities.values.sorted { $0.number < $1.number }.map { "\($0.name) (\($0.type))" } }
}

@Suite struct GraphReferenceTests {
    @Test func knowsNothingAtFirst() {
        let needs = ProjectGraph(header: GraphHeader(version: 0, totalWeight: 0))
            .missing(for: Extraction(entities: [ExtractedEntity(name: "Ada", type: "Person")]))
        let facts = ReferenceGraph().facts(for: needs)
        #expect(facts.names == ["n:ada": [], "f:ada": []])
        #expect(facts.schema == [])
    }
}
