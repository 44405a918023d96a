import Knowledge
import Persistence
import Testing

extension StoreConformance {
    static let entityViews: [Check] = [
        Check("entities are listed by mentions, then age, in slices") { trial in
            let project = try await trial.project()
            let entities = [("a", 2), ("b", 5), ("c", 2), ("d", 9), ("e", 1)].map { trial.entity($0.0, mentions: $0.1) }
            try await trial.ingest(trial.delta(0) { $0.newEntities = entities }, into: project)
            let query = EntityQuery(projects: [project.number])
            let all = try await trial.store.entities(query, slice: trial.all)
            #expect(all.elements.map(\.record) == [3, 1, 0, 2, 4].map { entities[$0] })
            #expect(all.elements.allSatisfy { $0.project == project.number && $0.projectID == project.id && $0.communityID == nil })
            let some = try await trial.store.entities(query, slice: Slice(offset: 1, limit: 2))
            #expect(some.elements.map(\.record.name) == ["b", "a"])
            #expect(some.total == 5)
            let beyond = try await trial.store.entities(query, slice: Slice(offset: 5, limit: 2))
            #expect(beyond.elements.isEmpty)
            #expect(beyond.total == 5)
        },
        Check("entities by project, type and text") { trial in
            let project = try await trial.project()
            let other = try await trial.project()
            try await trial.ingest(
                trial.delta(0) { delta in
                    delta.newEntities = [
                        trial.entity("Ada_1"), trial.entity("ADAM"), trial.entity("50% Club", type: "Organization"),
                        trial.entity("Adana", type: "Location")
                    ]
                }, into: project)
            try await trial.ingest(trial.delta(0) { $0.newEntities = [trial.entity("Ada")] }, into: other)
            func found(_ projects: [ProjectNumber]?, type: String? = nil, search: String? = nil) async throws -> [String] {
                let page = try await trial.store.entities(EntityQuery(projects: projects, type: type, search: search), slice: trial.all)
                #expect(page.total == page.elements.count)
                return page.elements.map(\.record.name)
            }
            #expect(try await found([project.number], search: "ada") == ["Ada_1", "ADAM", "Adana"])
            #expect(try await found([project.number], type: "Location", search: "ada") == ["Adana"])
            #expect(try await found([project.number], type: "location") == [])
            #expect(try await found([project.number], search: "%") == ["50% Club"])
            #expect(try await found([project.number], search: "_") == ["Ada_1"])
            #expect(try await found(nil, search: "ada") == ["Ada_1", "ADAM", "Adana", "Ada"])
            #expect(try await found([other.number, project.number]).count == 5)
            #expect(try await found([]) == [])
        },
        Check("an entity is found by its id, with its community's") { trial in
            let project = try await trial.project()
            let group = trial.community(members: 1)
            let ada = trial.entity("Ada", community: group.number)
            try await trial.ingest(
                trial.delta(0) { delta in
                    delta.newCommunities = [group]
                    delta.newEntities = [ada]
                }, into: project)
            #expect(
                try await trial.store.entity(id: ada.id)
                    == EntityView(record: ada, project: project.number, projectID: project.id, communityID: group.id))
            #expect(try await trial.store.entity(id: trial.newID()) == nil)
        },
        Check("types are counted, the most frequent first, then by name") { trial in
            let project = try await trial.project()
            let types = ["Topic", "Person", "Date", "Person", "Location", "Date", "Person"]
            try await trial.ingest(trial.delta(0) { $0.newEntities = types.map { trial.entity($0, type: $0) } }, into: project)
            try await trial.ingest(trial.delta(0) { $0.newEntities = [trial.entity("x", type: "Topic")] }, into: trial.project())
            let own = try await trial.store.entityTypes(projects: [project.number])
            #expect(own.map(\.type) == ["Person", "Date", "Location", "Topic"])
            #expect(own.map(\.count) == [3, 2, 1, 1])
            let all = try await trial.store.entityTypes(projects: nil)
            #expect(all.map(\.type) == ["Person", "Date", "Topic", "Location"])
            #expect(all.map(\.count) == [3, 2, 2, 1])
            #expect(try await trial.store.entityTypes(projects: []).isEmpty)
        },
        Check("the memories that name an entity, newest first") { trial in
            let project = try await trial.project()
            var ada = trial.entity("Ada")
            var memories: [MemoryReference] = []
            for version in 0..<4 as Range<Int64> {
                ada.mentionCount = Int(version) + 1
                let delta = trial.delta(version) { [ada] delta in
                    if version == 0 { delta.newEntities = [ada] } else { delta.changedEntities = [ada] }
                    delta.mentions = [GraphDelta.Mention(entity: ada.number, ranges: [0..<3])]
                }
                let title = version == 1 ? nil : "Title \(version)"
                memories.append(MemoryReference(id: try await trial.ingest(delta, into: project, title: title).memoryID, title: title))
            }
            try await trial.ingest(trial.delta(4), into: project)
            #expect(try await trial.store.memories(naming: ada.number, limit: 10) == memories.reversed())
            #expect(try await trial.store.memories(naming: ada.number, limit: 2) == Array(memories.reversed().prefix(2)))
            #expect(try await trial.store.memories(naming: EntityNumber(99_999), limit: 2).isEmpty)
        },
        Check("mentions tell names and types as they are now") { trial in
            let project = try await trial.project()
            var ada = trial.entity("Ada")
            let accepted = try await trial.ingest(
                trial.delta(0) { [ada] delta in
                    delta.newEntities = [ada]
                    delta.mentions = [GraphDelta.Mention(entity: ada.number, ranges: [0..<3])]
                }, into: project)
            ada.name = "Ada Lovelace"
            ada.type = "Scientist"
            try await trial.ingest(trial.delta(1) { [ada] in $0.changedEntities = [ada] }, into: project)
            #expect(
                try await trial.store.mentions(in: accepted.memory) == [
                    MentionView(entityID: ada.id, name: "Ada Lovelace", type: "Scientist", ranges: [0..<3])
                ])
        },
        Check("the edges of an entity, the heaviest first, then the older, from either end") { trial in
            let project = try await trial.project()
            let ada = trial.entity("Ada")
            let others = ["Bob", "Carl", "Dora"].map { trial.entity($0) }
            let edges = [
                trial.edge(ada, "KNOWS", others[0], weight: 1), trial.edge(others[1], "KNOWS", ada, weight: 5),
                trial.edge(ada, "LIKES", others[2], weight: 1, validAt: trial.at(-1)), trial.edge(others[0], "KNOWS", others[2], weight: 50)
            ]
            let first = try await trial.ingest(
                trial.delta(0) { delta in
                    delta.newEntities = [ada] + others
                    delta.newRelationships = edges
                    delta.statements = edges.map { .init($0.number) }
                }, into: project)
            let second = try await trial.ingest(trial.delta(1) { $0.statements = [.init(edges[1].number)] }, into: project)
            let page = try await trial.store.relationships(of: ada.number, type: nil, limit: 10)
            #expect(page.total == 3)
            #expect(
                page.elements == [
                    RelationshipView(record: edges[1], isOutgoing: false, other: others[1], memories: [first.memoryID, second.memoryID]),
                    RelationshipView(record: edges[0], isOutgoing: true, other: others[0], memories: [first.memoryID]),
                    RelationshipView(record: edges[2], isOutgoing: true, other: others[2], memories: [first.memoryID])
                ])
            let one = try await trial.store.relationships(of: ada.number, type: "KNOWS", limit: 1)
            #expect(one.elements.map(\.record) == [edges[1]])
            #expect(one.total == 2)
            #expect(try await trial.store.relationships(of: ada.number, type: "HATES", limit: 9).total == 0)
            #expect(try await trial.store.relationships(of: EntityNumber(99_999), type: nil, limit: 9).total == 0)
        },
        Check("of the memories that state an edge the hundred oldest are told") { trial in
            let project = try await trial.project()
            let ada = trial.entity("Ada")
            let bob = trial.entity("Bob")
            let knows = trial.edge(ada, "KNOWS", bob)
            let accepted = try await trial.accept(103, to: project)
            let commits = try await trial.claim(103, of: project).enumerated().map { index, task in
                let delta = trial.delta(Int64(index)) { delta in
                    if index == 0 {
                        delta.newEntities = [ada, bob]
                        delta.newRelationships = [knows]
                    }
                    delta.statements = [.init(knows.number)]
                }
                return try trial.commit(task, delta)
            }
            for pending in commits.map({ trial.store.commit($0) }) { try await pending.wait() }
            let page = try await trial.store.relationships(of: bob.number, type: nil, limit: 1)
            #expect(page.elements.first?.memories == accepted.prefix(100).map(\.memoryID))
        }
    ]
}
