import Testing

@testable import Knowledge

@Suite struct GraphTests {
    @Test func firstEpisode() throws {
        var graph = ProjectGraph(header: GraphHeader(version: 7, totalWeight: 0))
        let extraction = worksAt("Ada Lovelace", "Acme", fact: "Ada Lovelace works at Acme.")
        var facts = GraphFacts()
        facts.schema = [SchemaRecord(.entity(name: "Person"))]
        for key in graph.missing(for: extraction).names { facts.names[key] = [] }
        graph.fill(facts)
        #expect(graph.missing(for: extraction).isEmpty)
        var stages = 0
        let now = Timestamp(microseconds: 10)
        let past = Timestamp(microseconds: 5)
        let delta = graph.integrate(extraction, at: now, happenedAt: past, numbering: .counting()) { stages += 1 }
        #expect(stages == 1)
        #expect(delta.baseVersion == 7)
        #expect(graph.version == 8)
        #expect(graph.header.totalWeight == 1)
        #expect(delta.newEntities.map(\.name) == ["Ada Lovelace", "Acme"])
        #expect(delta.newEntities.map(\.degree) == [1, 1])
        #expect(delta.newEntities.map(\.mentionCount) == [1, 1])
        #expect(delta.newNames.map(\.key) == ["n:ada lovelace", "f:ada", "n:acme"])
        let edge = try #require(delta.newRelationships.first)
        #expect(edge.validAt == past)
        #expect(edge.createdAt == now)
        #expect(edge.weight == 1)
        #expect(delta.statedRelationships == [edge.number])
        #expect(
            delta.newSchema.map(\.element) == [
                .entity(name: "Organization"), .edge(name: "WORKS_AT"),
                .mapping(sourceType: "Person", edgeType: "WORKS_AT", targetType: "Organization")
            ])
        // Of the two communities of one, the first moved into the second and was never heard of.
        #expect(delta.newCommunities.map(\.memberCount) == [2])
        #expect(delta.newCommunities.map(\.totalWeight) == [2])
        #expect(delta.removedCommunities.isEmpty)
        #expect(delta.receipt.entitiesCreated == 2)
        #expect(delta.receipt.relationshipsCreated == 1)
        #expect(delta.receipt.schemaAdded == 3)
        #expect(delta.receipt.communitiesTouched == 1)
        #expect(delta.receipt.warning == nil)
    }

    @Test func restatedRelationshipGainsWeightOncePerEpisode() throws {
        var project = TestProject()
        project.take(worksAt("Ada", "Acme", fact: "first"))
        var again = worksAt("ADA", "Acme's", fact: "second")
        again.relationships.append(again.relationships[0])
        let delta = project.take(again)
        let edge = try #require(delta.changedRelationships.first)
        #expect(delta.newRelationships.isEmpty)
        #expect(delta.changedRelationships.count == 1)
        #expect(delta.statedRelationships == [edge.number])
        #expect(edge.weight == 2)
        #expect(edge.fact == "first")
        #expect(delta.addedWeight == 1)
        #expect(delta.receipt.entitiesMerged == 2)
        #expect(delta.receipt.entitiesCreated == 0)
        #expect(delta.changedEntities.map(\.degree) == [1, 1])
        #expect(delta.changedCommunities.map(\.totalWeight) == [4])
        project.store.expectInvariants()
    }

    @Test func loopsAndStrayIndicesAreDropped() {
        var project = TestProject()
        let delta = project.take(
            Extraction(
                entities: [ExtractedEntity(name: "Acme", type: "Organization"), ExtractedEntity(name: "The ACME", type: "Organization")],
                relationships: [
                    ExtractedRelationship(source: 0, target: 1, type: "OWNS", fact: ""),
                    ExtractedRelationship(source: 0, target: 2, type: "OWNS", fact: ""),
                    ExtractedRelationship(source: -1, target: 0, type: "OWNS", fact: "")
                ]))
        #expect(delta.newRelationships.isEmpty)
        #expect(delta.newEntities.map(\.degree) == [0])
        #expect(delta.newSchema.map(\.element) == [.entity(name: "Organization")])
    }

    @Test func nothingExtracted() {
        var project = TestProject()
        let delta = project.take(Extraction())
        #expect(delta.receipt.warning == "Nothing was extracted from this memory.")
        #expect(project.store.header.version == 1)
    }

    @Test func mentionsAreUnited() {
        var project = TestProject()
        let delta = project.take(
            Extraction(entities: [
                ExtractedEntity(name: "Jane Smith", type: "Person", mentions: [0..<10, 40..<50]),
                ExtractedEntity(name: "Acme", type: "Organization", mentions: [20..<24]),
                ExtractedEntity(name: "Jane", type: "Person", mentions: [0..<10, 30..<34])
            ]))
        #expect(delta.mentions.map(\.ranges) == [[0..<10, 30..<34, 40..<50], [20..<24]])
        #expect(delta.newEntities.map(\.mentionCount) == [1, 1])
    }

    @Test func longestDescriptionStays() {
        var project = TestProject()
        for description in ["an engineer", nil, "short", "an engineer at Acme", ""] {
            project.take(Extraction(entities: [ExtractedEntity(name: "Ada", type: "Person", description: description)]))
        }
        #expect(project.store.entities.values.map(\.summary) == ["an engineer at Acme"])
    }
}

/// One person works at one organisation.
func worksAt(_ person: String, _ organization: String, fact: String = "") -> Extraction {
    Extraction(
        entities: [ExtractedEntity(name: person, type: "Person"), ExtractedEntity(name: organization, type: "Organization")],
        relationships: [ExtractedRelationship(source: 0, target: 1, type: "WORKS_AT", fact: fact)])
}
