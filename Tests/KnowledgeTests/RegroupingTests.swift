import Synchronization
import Testing

@testable import Knowledge

@Suite struct RegroupingTests {
    private final class Numbers: Sendable {
        let last = Atomic<Int64>(1000)

        var numbering: GraphNumbering {
            GraphNumbering(
                entity: { EntityNumber(0) }, relationship: { RelationshipNumber(0) },
                community: { CommunityNumber(self.last.wrappingAdd(1, ordering: .relaxed).newValue) },
                identifier: { Identifier(high: 7, low: UInt64(self.last.load(ordering: .relaxed))) })
        }
    }

    private let then = Timestamp(microseconds: 1)
    private let now = Timestamp(microseconds: 2)

    /// Cliques of the given entities, each an edge in both directions so that there are parallel ones.
    private func snapshot(_ cliques: [[Int64]], homes: [Int64: Int64] = [:], bridges: [(Int64, Int64)] = []) -> EdgeSnapshot {
        var edges: [EdgeSnapshot.Edge] = []
        for clique in cliques {
            for left in clique {
                for right in clique where left != right {
                    edges.append(.init(source: EntityNumber(left), target: EntityNumber(right), weight: 1))
                }
            }
        }
        edges += bridges.map { .init(source: EntityNumber($0.0), target: EntityNumber($0.1), weight: 1) }
        let numbers = Set(homes.values).sorted()
        let communities = numbers.map { number in
            CommunityRecord(
                number: CommunityNumber(number), id: Identifier(high: 1, low: UInt64(number)),
                memberCount: homes.values.count { $0 == number }, totalWeight: 0, createdAt: then, formedAt: then)
        }
        return EdgeSnapshot(
            version: 5, edges: edges,
            homes: Dictionary(uniqueKeysWithValues: homes.map { (EntityNumber($0.key), CommunityNumber($0.value)) }),
            communities: communities)
    }

    private func regroup(_ snapshot: EdgeSnapshot) throws -> Regrouping {
        try #require(Regrouping(of: snapshot, by: Leiden(), at: now, numbering: Numbers().numbering))
    }

    @Test func communitiesAreMadeWhereThereWereNone() throws {
        let found = try regroup(snapshot([[1, 2, 3, 4], [5, 6, 7, 8]], bridges: [(4, 5)]))
        #expect(
            found.baseVersion == 5 && found.communityCount == 2 && found.new.count == 2 && found.changed.isEmpty && found.removed.isEmpty)
        #expect(found.new.map(\.memberCount) == [4, 4] && found.new.map(\.totalWeight) == [25, 25])
        #expect(found.moves.map(\.entity.rawValue) == Array(1...8))
        #expect(Set(found.moves.prefix(4).map(\.community)).count == 1 && found.moves[3].community != found.moves[4].community)
        #expect(found.edgeCount == 13)
        #expect(abs(found.modularity - (24.0 / 25 - 0.5)) < 1e-9)
    }

    @Test func whatPersistsKeepsItsIdentity() throws {
        // 10 has lost 5 to 20, and 30 has split off nobody; 40 has no edges any more.
        let homes: [Int64: Int64] = [1: 10, 2: 10, 3: 10, 4: 10, 5: 10, 6: 20, 7: 20, 8: 20, 11: 30, 12: 30, 13: 30, 99: 40]
        let found = try regroup(snapshot([[1, 2, 3, 4], [5, 6, 7, 8], [11, 12, 13]], homes: homes))
        #expect(found.new.isEmpty && found.removed == [CommunityNumber(40)])
        #expect(
            found.moves == [.init(entity: EntityNumber(5), community: CommunityNumber(20)), .init(entity: EntityNumber(99), community: nil)]
        )
        let changed = Dictionary(uniqueKeysWithValues: found.changed.map { ($0.number.rawValue, $0) })
        #expect(changed[10]?.formedAt == now && changed[10]?.memberCount == 4 && changed[10]?.createdAt == then)
        #expect(changed[20]?.formedAt == now && changed[20]?.memberCount == 4)
        #expect(changed[30]?.formedAt == then, "its members are who they were; only its weight was wrong")
    }

    @Test func theLargerHeirKeepsTheIdentityAndTheOtherIsNew() throws {
        let homes = Dictionary(uniqueKeysWithValues: (1...9).map { (Int64($0), Int64(10)) })
        let found = try regroup(snapshot([[1, 2, 3, 4], [5, 6, 7, 8, 9]], homes: homes))
        #expect(
            found.changed.map(\.number.rawValue) == [10] && found.changed.map(\.memberCount) == [5] && found.new.map(\.memberCount) == [4])
        #expect(found.moves.map(\.entity.rawValue) == [1, 2, 3, 4])
    }

    @Test func anEmptyGraphHasNoCommunities() throws {
        let found = try regroup(snapshot([], homes: [1: 10]))
        #expect(found.communityCount == 0 && found.removed == [CommunityNumber(10)] && found.moves.count == 1 && found.modularity == 0)
    }

    @Test func doingItTwiceChangesNothingMore() throws {
        let cliques: [[Int64]] = [[1, 2, 3, 4], [5, 6, 7, 8]]
        let first = try regroup(snapshot(cliques))
        var again = snapshot(cliques)
        again.communities = first.new
        again.homes = Dictionary(uniqueKeysWithValues: first.moves.compactMap { move in move.community.map { (move.entity, $0) } })
        let second = try regroup(again)
        #expect(second.new.isEmpty && second.changed.isEmpty && second.removed.isEmpty && second.moves.isEmpty)
    }

    @Test func aCancelledOneIsNone() {
        let numbers = Numbers()
        let cliques = stride(from: Int64(0), to: 9000, by: 3).map { first -> [Int64] in [first, first + 1, first + 2] }
        #expect(Regrouping(of: snapshot(cliques), by: Leiden(), at: now, numbering: numbers.numbering, isCancelled: { true }) == nil)
    }
}
