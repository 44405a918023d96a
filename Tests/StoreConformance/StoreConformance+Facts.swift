import Knowledge
import Persistence
import Testing

extension StoreConformance {
    static let facts: [Check] = [
        Check("facts answer exactly what was asked") { trial in
            let project = try await trial.project()
            try await trial.ingest(trial.small(0), into: project)
            let none = try await trial.facts(of: project) { _ in }
            #expect(none == GraphFacts())
            let unknown = EntityNumber(99_999)
            let key = RelationshipKey(source: unknown, target: unknown, type: "KNOWS")
            let facts = try await trial.facts(of: project) { needs in
                needs.names = ["nobody", "ada", "nobody"]
                needs.relationships = [key, key]
                needs.neighbourhoods = [unknown]
                needs.communities = [CommunityNumber(99_999)]
            }
            #expect(Set(facts.names.keys) == ["nobody", "ada"])
            #expect(facts.names["nobody"] == [])
            #expect(facts.names["ada"]?.map(\.name) == ["Ada"])
            #expect(facts.relationships == [key: nil])
            #expect(facts.neighbourhoods == [unknown: []])
            #expect(facts.communities.isEmpty)
            #expect(facts.schema == nil)
            let empty = try await trial.facts(of: project) { $0.schema = true }
            #expect(empty.schema == [])
        },
        Check("entities that share a name come in ascending order of number") { trial in
            let project = try await trial.project()
            let entities = ["Paris", "Paris Hilton", "Paris, Texas"].map { trial.entity($0) }
            try await trial.ingest(
                trial.delta(0) { delta in
                    delta.newEntities = entities
                    delta.newNames =
                        [2, 0, 1].map { EntityName(key: "paris", entity: entities[$0].number) }
                        + [EntityName(key: "paris texas", entity: entities[2].number)]
                }, into: project)
            let facts = try await trial.facts(of: project) { $0.names = ["paris", "paris texas", "PARIS", "pari", "paris%"] }
            #expect(facts.names["paris"] == entities)
            #expect(facts.names["paris texas"] == [entities[2]])
            for absent in ["PARIS", "pari", "paris%"] { #expect(facts.names[absent] == []) }
        },
        Check("an edge is found by its ends, direction and type") { trial in
            let project = try await trial.project()
            let ada = trial.entity("Ada")
            let bob = trial.entity("Bob")
            let edges = [trial.edge(ada, "KNOWS", bob), trial.edge(ada, "LIKES", bob), trial.edge(bob, "KNOWS", ada)]
            try await trial.ingest(
                trial.delta(0) { delta in
                    delta.newEntities = [ada, bob]
                    delta.newRelationships = edges
                }, into: project)
            let absent = RelationshipKey(source: bob.number, target: ada.number, type: "LIKES")
            let lower = RelationshipKey(source: ada.number, target: bob.number, type: "knows")
            let facts = try await trial.facts(of: project) { $0.relationships = edges.map(trial.key) + [absent, lower] }
            var expected: [RelationshipKey: RelationshipRecord?] = [absent: nil, lower: nil]
            for edge in edges { expected[trial.key(edge)] = edge }
            #expect(facts.relationships == expected)
        },
        Check("neighbours are summed over parallel edges and both directions, in ascending order") { trial in
            let project = try await trial.project()
            let group = trial.community(members: 1)
            let hub = trial.entity("Hub")
            let near = trial.entity("Near", community: group.number)
            let far = trial.entity("Far")
            let apart = trial.entity("Apart")
            let edges = [
                trial.edge(far, "SEES", hub, weight: 5), trial.edge(hub, "A", near, weight: 1), trial.edge(hub, "B", near, weight: 2),
                trial.edge(near, "A", hub, weight: 4), trial.edge(near, "A", apart, weight: 100)
            ]
            try await trial.ingest(
                trial.delta(0) { delta in
                    delta.newCommunities = [group]
                    delta.newEntities = [far, apart, near, hub]
                    delta.newRelationships = edges
                }, into: project)
            let facts = try await trial.facts(of: project) { $0.neighbourhoods = [hub.number, far.number, apart.number] }
            #expect(
                facts.neighbourhoods[hub.number] == [
                    GraphFacts.Neighbour(entity: near.number, community: group.number, weight: 7),
                    GraphFacts.Neighbour(entity: far.number, community: nil, weight: 5)
                ])
            #expect(facts.neighbourhoods[far.number] == [GraphFacts.Neighbour(entity: hub.number, community: nil, weight: 5)])
            #expect(facts.neighbourhoods[apart.number] == [GraphFacts.Neighbour(entity: near.number, community: group.number, weight: 100)])
            #expect(facts.neighbourhoods.count == 3)
        },
        Check("neighbours follow what changes") { trial in
            let project = try await trial.project()
            let ada = trial.entity("Ada")
            var bob = trial.entity("Bob")
            var knows = trial.edge(ada, "KNOWS", bob)
            try await trial.ingest(
                trial.delta(0) { [bob, knows] delta in
                    delta.newEntities = [ada, bob]
                    delta.newRelationships = [knows]
                }, into: project)
            let group = trial.community(members: 1)
            let eve = trial.entity("Eve")
            bob.community = group.number
            knows.weight = 3
            let likes = trial.edge(eve, "LIKES", ada)
            try await trial.ingest(
                trial.delta(1) { [bob, knows] delta in
                    delta.newCommunities = [group]
                    delta.newEntities = [eve]
                    delta.changedEntities = [bob]
                    delta.newRelationships = [likes]
                    delta.changedRelationships = [knows]
                }, into: project)
            let facts = try await trial.facts(of: project) { $0.neighbourhoods = [ada.number] }
            #expect(
                facts.neighbourhoods[ada.number] == [
                    GraphFacts.Neighbour(entity: bob.number, community: group.number, weight: 3),
                    GraphFacts.Neighbour(entity: eve.number, community: nil, weight: 1)
                ])
        },
        Check("facts of one project know nothing of another's") { trial in
            let project = try await trial.project()
            let other = try await trial.project()
            let group = trial.community(members: 2)
            let ada = trial.entity("Ada", community: group.number)
            let bob = trial.entity("Bob", community: group.number)
            let knows = trial.edge(ada, "KNOWS", bob)
            try await trial.ingest(
                trial.delta(0) { delta in
                    delta.newCommunities = [group]
                    delta.newEntities = [ada, bob]
                    delta.newNames = [EntityName(key: "ada", entity: ada.number)]
                    delta.newRelationships = [knows]
                    delta.newSchema = [SchemaRecord(.entity(name: "Person"))]
                }, into: project)
            let facts = try await trial.facts(of: other) { needs in
                needs.names = ["ada"]
                needs.relationships = [trial.key(knows)]
                needs.neighbourhoods = [ada.number]
                needs.communities = [group.number]
                needs.schema = true
            }
            #expect(facts.names == ["ada": []])
            #expect(facts.relationships == [trial.key(knows): nil])
            #expect(facts.neighbourhoods == [ada.number: []])
            #expect(facts.communities.isEmpty)
            #expect(facts.schema == [])
            #expect(try await trial.header(other).version == 0)
            await trial.refuses(.notFound) { _ = try await trial.store.graphHeader(of: ProjectNumber(99_999)) }
        },
        Check("many things are asked for at once") { trial in
            let project = try await trial.project()
            let entities = (0..<1200).map { trial.entity("Entity \($0)") }
            let edges = zip(entities, entities.dropFirst()).map { trial.edge($0, "NEXT", $1) }
            try await trial.ingest(
                trial.delta(0) { delta in
                    delta.newEntities = entities
                    delta.newNames = entities.map { EntityName(key: $0.name, entity: $0.number) }
                    delta.newRelationships = edges
                    delta.mentions = entities.map { GraphDelta.Mention(entity: $0.number, ranges: [0..<1]) }
                }, into: project)
            let facts = try await trial.facts(of: project) { needs in
                needs.names = entities.map(\.name)
                needs.relationships = edges.map(trial.key)
                needs.neighbourhoods = entities.map(\.number)
            }
            #expect(facts.names.count == 1200)
            #expect(facts.names.allSatisfy { $0.value.map(\.name) == [$0.key] })
            #expect(facts.relationships.values.allSatisfy { $0 != nil })
            #expect(facts.relationships.count == 1199)
            #expect(facts.neighbourhoods.values.reduce(0) { $0 + $1.count } == 2 * 1199)
        }
    ]
}
