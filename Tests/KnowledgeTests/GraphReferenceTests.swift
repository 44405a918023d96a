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
        return facts
    }

    mutating func apply(_ delta: GraphDelta) {
        #expect(delta.baseVersion == header.version)
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

    private mutating func land(_ record: RelationshipRecord) -> RelationshipRecord? {
        let key = RelationshipKey(source: record.source, target: record.target, type: record.type)
        let old = relationships.updateValue(record, forKey: key)
        let added = record.weight - (old?.weight ?? 0)
        neighbours[record.source, default: [:]][record.target, default: 0] += added
        neighbours[record.target, default: [:]][record.source, default: 0] += added
        return old
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

/// SplitMix64 (G. Steele, D. Lea, C. Flood 2014).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
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
