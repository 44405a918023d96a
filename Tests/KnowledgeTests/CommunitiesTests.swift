import Testing

@testable import Knowledge

@Suite struct CommunitiesTests {
    /// W. Zachary, "An Information Flow Model for Conflict and Fission in Small Groups", 1977: two members and in how many
    /// contexts they met.
    private static let karate: [(Int, Int, Int)] = [
        (0, 1, 4), (0, 2, 5), (0, 3, 3), (0, 4, 3), (0, 5, 3), (0, 6, 3), (0, 7, 2), (0, 8, 2), (0, 10, 2), (0, 11, 3), (0, 12, 1),
        (0, 13, 3), (0, 17, 2), (0, 19, 2), (0, 21, 2), (0, 31, 2), (1, 2, 6), (1, 3, 3), (1, 7, 4), (1, 13, 5), (1, 17, 1), (1, 19, 2),
        (1, 21, 2), (1, 30, 2), (2, 3, 3), (2, 7, 4), (2, 8, 5), (2, 9, 1), (2, 13, 3), (2, 27, 2), (2, 28, 2), (2, 32, 2), (3, 7, 3),
        (3, 12, 3), (3, 13, 3), (4, 6, 2), (4, 10, 3), (5, 6, 5), (5, 10, 3), (5, 16, 3), (6, 16, 3), (8, 30, 3), (8, 32, 3), (8, 33, 4),
        (9, 33, 2), (13, 33, 3), (14, 32, 3), (14, 33, 2), (15, 32, 3), (15, 33, 4), (18, 32, 1), (18, 33, 2), (19, 33, 1), (20, 32, 3),
        (20, 33, 1), (22, 32, 2), (22, 33, 3), (23, 25, 5), (23, 27, 4), (23, 29, 3), (23, 32, 5), (23, 33, 4), (24, 25, 2), (24, 27, 3),
        (24, 31, 2), (25, 31, 7), (26, 29, 4), (26, 33, 2), (27, 33, 4), (28, 31, 2), (28, 33, 2), (29, 32, 4), (29, 33, 2), (30, 32, 3),
        (30, 33, 3), (31, 32, 4), (31, 33, 4), (32, 33, 5)
    ]

    private func met(_ source: Int, _ target: Int) -> Extraction {
        Extraction(
            entities: [source, target].map { ExtractedEntity(name: "Member \($0)", type: "Member") },
            relationships: [ExtractedRelationship(source: 0, target: 1, type: "MET", fact: "")])
    }

    /// Every meeting is an episode of its own, round by round. The optimum has 0.4449.
    @Test func karateOneEdgeAtATime() {
        var project = TestProject()
        for round in 1...7 {
            for (source, target, weight) in Self.karate where weight >= round {
                project.take(met(source, target))
                project.store.expectInvariants()
            }
        }
        #expect(project.store.header.totalWeight == 231)
        #expect(project.store.modularity > 0.40)
        #expect((2...8).contains(project.store.communities.count))
    }

    /// The order in which edges land matters; it must never matter much.
    @Test(arguments: 1...8) func karateInAnyOrder(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var project = TestProject()
        for (source, target, weight) in Self.karate.shuffled(using: &random) {
            for _ in 0..<weight { project.take(met(source, target)) }
        }
        project.store.expectInvariants()
        #expect(project.store.modularity > 0.30)
    }

    @Test func separateGroupsStaySeparate() {
        var project = TestProject()
        // Twice: whoever was left alone when the others moved is looked at again.
        for _ in 0..<2 {
            for group in 0..<5 {
                for one in 0..<5 {
                    for other in 0..<one { project.take(met(group * 5 + one, group * 5 + other)) }
                }
            }
        }
        #expect(project.store.communities.values.map(\.memberCount).sorted() == [5, 5, 5, 5, 5])
        // A single bridge changes nothing but weights.
        let delta = project.take(met(0, 24))
        #expect(delta.changedCommunities.count == 2)
        #expect(delta.removedCommunities.isEmpty)
        #expect(project.store.communities.values.map(\.memberCount).sorted() == [5, 5, 5, 5, 5])
        project.store.expectInvariants()
    }

    @Test func loneEndsMoveToTheirOnlyNeighbour() {
        var project = TestProject()
        project.take(met(1, 2))
        let delta = project.take(met(3, 2))
        #expect(delta.newCommunities.isEmpty)
        #expect(delta.changedCommunities.map(\.memberCount) == [3])
    }

    @Test func strongerTiesPullAcross() {
        var project = TestProject()
        for _ in 0..<3 {
            project.take(met(1, 2))
            project.take(met(3, 4))
        }
        #expect(project.store.communities.count == 2)
        for _ in 0..<20 { project.take(met(1, 3)) }
        let homes = [1, 3].map { number in project.store.entities.values.first { $0.name == "Member \(number)" }?.community }
        #expect(homes[0] == homes[1])
        project.store.expectInvariants()
    }

    @Test func neighbourhoodsKeepOrder() {
        var neighbourhood = Neighbourhood()
        for number: Int64 in [5, 1, 9, 5, 3, 1] { neighbourhood.add(2, to: EntityNumber(number)) }
        #expect(neighbourhood.ties.map(\.entity.rawValue) == [1, 3, 5, 9])
        #expect(neighbourhood.ties.map(\.weight) == [4, 2, 4, 2])
        #expect(neighbourhood.weight == 12)
    }
}
