import Knowledge
import Persistence
import Testing

/// Two memories that name Ada; the second states again what the first did, and something of its own.
struct RemovalScene: Sendable {
    let first: Accepted
    let second: Accepted
    let ada: EntityRecord
    let bob: EntityRecord
    let cay: EntityRecord
    let knows: RelationshipRecord
    let meets: RelationshipRecord
    let changedAda: EntityRecord
    let changedKnows: RelationshipRecord
    /// What takes the second out.
    let withoutSecond: GraphDelta

    init(_ trial: Trial, _ project: ProjectRecord) async throws {
        let community = trial.community(members: 2)
        let ada = trial.entity("Ada", degree: 1, community: community.number)
        let bob = trial.entity("Bob", degree: 1, community: community.number)
        let knows = trial.edge(ada, "KNOWS", bob)
        first = try await trial.ingest(
            trial.delta(0) { delta in
                delta.newCommunities = [community]
                delta.newEntities = [ada, bob]
                delta.newNames = [EntityName(key: "n:ada", entity: ada.number), EntityName(key: "n:bob", entity: bob.number)]
                delta.newRelationships = [knows]
                delta.statements = [.init(knows.number)]
                delta.mentions = [
                    .init(entity: ada.number, ranges: [0..<3], forms: [EntityForm(name: "Ada", type: "Person")]),
                    .init(entity: bob.number, ranges: [9..<12], forms: [EntityForm(name: "Bob", type: "Person")])
                ]
                delta.addedWeight = 1
            }, into: project, "first")
        var changedAda = ada
        (changedAda.mentionCount, changedAda.degree) = (2, 2)
        var changedBob = bob
        changedBob.mentionCount = 2
        var changedKnows = knows
        changedKnows.weight = 2
        var grown = community
        (grown.memberCount, grown.totalWeight) = (3, 6)
        let cay = trial.entity("Cay", degree: 1, community: community.number)
        let meets = trial.edge(ada, "MEETS", cay)
        let changed = [changedAda, changedBob]
        let restated = changedKnows
        let larger = grown
        second = try await trial.ingest(
            trial.delta(1) { delta in
                delta.changedCommunities = [larger]
                delta.changedEntities = changed
                delta.newEntities = [cay]
                delta.newNames = [EntityName(key: "n:ada l", entity: ada.number), EntityName(key: "n:cay", entity: cay.number)]
                delta.changedRelationships = [restated]
                delta.newRelationships = [meets]
                delta.statements = [.init(knows.number, fact: .init("They know each other.", validAt: trial.at(3))), .init(meets.number)]
                delta.mentions = [
                    .init(
                        entity: ada.number, ranges: [0..<6], forms: [EntityForm(name: "Ada L.", type: "Person", description: "she")]),
                    .init(entity: bob.number, ranges: [], forms: [EntityForm(name: "Bob", type: "Person")]),
                    .init(entity: cay.number, ranges: [], forms: [EntityForm(name: "Cay", type: "Person")])
                ]
                delta.addedWeight = 2
            }, into: project, "second")
        (self.ada, self.bob, self.cay, self.knows, self.meets) = (ada, bob, cay, knows, meets)
        (self.changedAda, self.changedKnows) = (changedAda, changedKnows)
        let memory = second.memory
        withoutSecond = trial.delta(2) { delta in
            delta.changedCommunities = [community]
            delta.changedEntities = [ada, bob]
            delta.changedRelationships = [knows]
            delta.addedWeight = -2
            var retraction = GraphDelta.Retraction()
            retraction.memories = [memory]
            retraction.entities = [cay.number]
            retraction.names = [EntityName(key: "n:ada l", entity: ada.number), EntityName(key: "n:cay", entity: cay.number)]
            retraction.relationships = [meets.number]
            retraction.unnamed = [ada, bob, cay].map { .init(entity: $0.number, memory: memory) }
            retraction.unstated = [knows, meets].map { .init(relationship: $0.number, memory: memory) }
            delta.retraction = retraction
        }
    }

    /// What a retraction of these memories would ask about Ada and whom she knows.
    func ask(
        _ trial: Trial, _ project: ProjectRecord, _ memories: Set<MemoryNumber>, retracted: [EntityForm: Int64]
    ) async throws -> RetractionFacts {
        var retraction = RetractionNeeds(memories: memories)
        retraction.entities = [ada.number, EntityNumber(999)]
        retraction.relationships = [knows.number, RelationshipNumber(999)]
        retraction.forms = [.init(entity: ada.number, retracted: retracted)]
        retraction.facts = [.init(relationship: knows.number, firstRetracted: memories.min() ?? MemoryNumber(0))]
        let needs = retraction
        return try await trial.facts(of: project) { $0.retraction = needs }.retraction
    }

    /// Expects everything that readers see to be as the first memory alone has made it.
    func expectFirstOnly(_ trial: Trial, _ project: ProjectRecord) async throws {
        let store = trial.store
        #expect(try await trial.header(project) == GraphHeader(version: 3, totalWeight: 1))
        #expect(try await store.entities(EntityQuery(projects: nil), slice: trial.all).elements.map(\.record) == [ada, bob])
        #expect(try await store.entity(id: cay.id) == nil)
        #expect(try await store.entityTypes(projects: nil).map(\.count) == [2])
        let edges = try await store.relationships(of: ada.number, type: nil, limit: 9)
        #expect(edges.total == 1 && edges.elements.map(\.record) == [knows])
        #expect(edges.elements.map(\.memories) == [[first.memoryID]])
        #expect(try await store.memories(naming: ada.number, limit: 9).map(\.id) == [first.memoryID])
        #expect(try await store.mentions(in: first.memory).map(\.name) == ["Ada", "Bob"])
        #expect(try await store.mentions(in: second.memory).isEmpty)
        #expect(try await store.contributions(of: [first.memory, second.memory]).map(\.memory) == [first.memory])
        let community = try #require(ada.community)
        #expect(try await store.members(of: community, slice: trial.all).elements.map(\.record.name) == ["Ada", "Bob"])
        let facts = try await trial.facts(of: project) { needs in
            needs.names = ["n:ada", "n:ada l", "n:cay"]
            needs.relationships = [trial.key(meets), trial.key(knows)]
            needs.neighbourhoods = [ada.number]
        }
        #expect(facts.names == ["n:ada": [ada], "n:ada l": [], "n:cay": []])
        #expect(facts.relationships == [trial.key(meets): nil, trial.key(knows): knows])
        #expect(facts.neighbourhoods == [ada.number: [.init(entity: bob.number, community: community, weight: 1)]])
        let view = try await store.graph(of: project.number, limit: 9)
        #expect(view.entities.count == 2 && view.relationships == [knows] && view.memories.map(\.id) == [first.memoryID])
        #expect(view.mentions.count == 2)
    }
}
