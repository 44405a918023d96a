import Knowledge
import Persistence
import Testing

extension StoreConformance {
    static let communityViews: [Check] = [
        Check("communities are listed by size, then age, from a least size") { trial in
            let project = try await trial.project()
            let other = try await trial.project()
            let groups = [2, 5, 1, 5].map { trial.community(members: $0) }
            let elsewhere = trial.community(members: 3)
            try await trial.ingest(trial.delta(0) { $0.newCommunities = groups }, into: project)
            try await trial.ingest(trial.delta(0) { $0.newCommunities = [elsewhere] }, into: other)
            func found(_ projects: [ProjectNumber]?, _ minimum: Int, _ slice: Slice) async throws -> ([CommunityRecord], Int) {
                let page = try await trial.store.communities(projects: projects, minimumMembers: minimum, slice: slice)
                return (page.elements.map(\.record), page.total)
            }
            #expect(try await found([project.number], 0, trial.all) == ([groups[1], groups[3], groups[0], groups[2]], 4))
            #expect(try await found([project.number], 2, Slice(offset: 1, limit: 1)) == ([groups[3]], 3))
            #expect(try await found(nil, 3, trial.all) == ([groups[1], groups[3], elsewhere], 3))
            #expect(try await found([other.number, project.number], 9, trial.all) == ([], 0))
            #expect(try await found([], 0, trial.all) == ([], 0))
        },
        Check("a community tells its five best-known members, and lists all") { trial in
            let project = try await trial.project()
            let group = trial.community(members: 7)
            let members = [1, 3, 3, 2, 9, 1, 1].enumerated().map { trial.entity("m\($0)", mentions: $1, community: group.number) }
            try await trial.ingest(
                trial.delta(0) { delta in
                    delta.newCommunities = [group]
                    delta.newEntities = members + [trial.entity("stranger", mentions: 100)]
                }, into: project)
            let names = ["m4", "m1", "m2", "m3", "m0", "m5", "m6"]
            let view = CommunityView(record: group, project: project.number, projectID: project.id, leadingNames: Array(names.prefix(5)))
            #expect(try await trial.store.community(id: group.id) == view)
            #expect(try await trial.store.communities(projects: nil, minimumMembers: 0, slice: trial.all).elements == [view])
            #expect(try await trial.store.community(id: trial.newID()) == nil)
            let page = try await trial.store.members(of: group.number, slice: trial.all)
            #expect(page.elements.map(\.record.name) == names)
            #expect(page.elements.allSatisfy { $0.communityID == group.id && $0.projectID == project.id })
            #expect(page.total == 7)
            let some = try await trial.store.members(of: group.number, slice: Slice(offset: 5, limit: 5))
            #expect(some.elements.map(\.record.name) == ["m5", "m6"])
            #expect(some.total == 7)
            #expect(try await trial.store.members(of: CommunityNumber(99_999), slice: trial.all).total == 0)
        },
        Check("members move and leave with their records") { trial in
            let project = try await trial.project()
            let groups = [trial.community(members: 2), trial.community(members: 1)]
            var ada = trial.entity("Ada", community: groups[0].number)
            var bob = trial.entity("Bob", community: groups[0].number)
            try await trial.ingest(
                trial.delta(0) { [ada, bob] delta in
                    delta.newCommunities = groups
                    delta.newEntities = [ada, bob]
                }, into: project)
            ada.community = groups[1].number
            bob.community = nil
            try await trial.ingest(trial.delta(1) { [ada, bob] in $0.changedEntities = [ada, bob] }, into: project)
            #expect(try await trial.store.members(of: groups[0].number, slice: trial.all).total == 0)
            #expect(try await trial.store.members(of: groups[1].number, slice: trial.all).elements.map(\.record) == [ada])
            #expect(try await trial.store.community(id: groups[1].id)?.leadingNames == ["Ada"])
            #expect(try await trial.store.entity(id: bob.id)?.communityID == nil)
        },
        Check("a graph shows the best-known entities and what lies between them") { trial in
            let project = try await trial.project()
            let group = trial.community(members: 2)
            let unseen = trial.community(members: 9)
            let ada = trial.entity("Ada", mentions: 3, community: group.number)
            let bob = trial.entity("Bob", mentions: 2, community: group.number)
            let minor = trial.entity("Minor", mentions: 1, community: unseen.number)
            let edges = [trial.edge(bob, "KNOWS", ada), trial.edge(ada, "KNOWS", minor), trial.edge(ada, "LIKES", bob, weight: 9)]
            func mention(_ entities: EntityRecord...) -> [GraphDelta.Mention] {
                entities.map { GraphDelta.Mention(entity: $0.number, ranges: []) }
            }
            let first = try await trial.ingest(
                trial.delta(0) { delta in
                    delta.newCommunities = [unseen, group]
                    delta.newEntities = [minor, ada, bob]
                    delta.newRelationships = edges
                    delta.mentions = mention(minor, bob, ada)
                }, into: project, title: "First")
            let second = try await trial.ingest(trial.delta(1) { $0.mentions = mention(ada) }, into: project)
            let third = try await trial.ingest(trial.delta(2) { $0.mentions = mention(minor) }, into: project)
            func pair(_ memory: Accepted, _ entity: EntityRecord) -> GraphView.Mention {
                GraphView.Mention(memory: memory.memoryID, entity: entity.id)
            }
            let two = try await trial.store.graph(of: project.number, limit: 2)
            #expect(two.entities.map(\.record) == [ada, bob])
            #expect(two.entities.allSatisfy { $0.communityID == group.id && $0.projectID == project.id })
            #expect(two.relationships == [edges[0], edges[2]])
            #expect(two.memories == [MemoryReference(id: second.memoryID, title: nil), MemoryReference(id: first.memoryID, title: "First")])
            #expect(two.mentions == [pair(second, ada), pair(first, bob), pair(first, ada)])
            #expect(two.communities.map(\.record) == [group])
            let all = try await trial.store.graph(of: project.number, limit: 50)
            #expect(all.entities.map(\.record) == [ada, bob, minor])
            #expect(all.relationships == edges)
            #expect(all.memories.map(\.id) == [third, second, first].map(\.memoryID))
            #expect(all.communities.map(\.record) == [unseen, group])
            let one = try await trial.store.graph(of: project.number, limit: 1)
            #expect(one.entities.map(\.record) == [ada])
            #expect(one.relationships.isEmpty)
            #expect(one.memories.map(\.id) == [second.memoryID])
            #expect(one.mentions == [pair(second, ada)])
            let empty = try await trial.store.graph(of: trial.project().number, limit: 9)
            #expect(empty == GraphView(entities: [], relationships: [], memories: [], mentions: [], communities: []))
        }
    ]
}
