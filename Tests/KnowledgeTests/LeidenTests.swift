import Foundation
import Testing

@testable import Knowledge

@Suite struct LeidenTests {
    private func edges(_ pairs: [(Int, Int)]) -> [WeightedGraph.Edge] {
        pairs.map { WeightedGraph.Edge(source: $0.0, target: $0.1, weight: 1) }
    }

    /// `count` cliques of `size` nodes, each joined to the next by one edge.
    private func ringOfCliques(_ count: Int, size: Int) -> WeightedGraph {
        var pairs: [(Int, Int)] = []
        for clique in 0..<count {
            let first = clique * size
            for left in 0..<size { for right in (left + 1)..<size { pairs.append((first + left, first + right)) } }
            pairs.append((first, (clique + 1) % count * size + 1))
        }
        return WeightedGraph(nodeCount: count * size, edges: edges(pairs))
    }

    /// Groups of 20 nodes with many edges inside and few between.
    private func planted(groups: Int, inside: Double, between: Double, seed: UInt64) -> WeightedGraph {
        var random = SplitMix64(seed: seed)
        var pairs: [(Int, Int)] = []
        for left in 0..<(groups * 20) {
            for right in (left + 1)..<(groups * 20) where random.unit() < (left / 20 == right / 20 ? inside : between) {
                pairs.append((left, right))
            }
        }
        return WeightedGraph(nodeCount: groups * 20, edges: edges(pairs))
    }

    private func random(_ seed: UInt64) -> WeightedGraph {
        var random = SplitMix64(seed: seed)
        let count = 1 + random.below(60)
        let edges = (0..<random.below(150)).map { _ in
            WeightedGraph.Edge(source: random.below(count), target: random.below(count), weight: Double(1 + random.below(5)))
        }
        return WeightedGraph(nodeCount: count, edges: edges)
    }

    @Test func modularityIsThatOfTheDefinition() {
        // Two triangles joined by an edge: m = 7, and 2 · (3/7 − (7/14)²).
        let graph = WeightedGraph(nodeCount: 6, edges: edges([(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3), (2, 3)]))
        #expect(abs(graph.modularity(of: [0, 0, 0, 1, 1, 1]) - (6.0 / 7 - 0.5)) < 1e-12)
        #expect(abs(graph.modularity(of: [0, 0, 0, 0, 0, 0])) < 1e-12)
        #expect(graph.edgeCount == 7 && graph.totalWeight == 7)
        #expect(WeightedGraph(nodeCount: 3, edges: []).modularity(of: [0, 1, 2]) == 0)
    }

    @Test func parallelEdgesAndLoopsAddUp() {
        let graph = WeightedGraph(
            nodeCount: 2,
            edges: [
                .init(source: 0, target: 1, weight: 2), .init(source: 1, target: 0, weight: 3), .init(source: 1, target: 1, weight: 1)
            ])
        #expect(graph.edgeCount == 1 && graph.totalWeight == 6 && graph.strengths == [5, 7])
        let whole = graph.aggregated(by: [0, 0], count: 1)
        #expect(whole.totalWeight == 6 && whole.loops == [6] && whole.edgeCount == 0)
    }

    @Test(arguments: [(8, 5), (30, 5), (12, 8)]) func cliquesAreFound(count: Int, size: Int) throws {
        let graph = ringOfCliques(count, size: size)
        let found = try #require(Leiden().communities(of: graph))
        let cliques = (0..<(count * size)).map { Int32($0 / size) }
        // Beyond √m communities modularity merges neighbouring cliques (its resolution limit): never less than the cliques then.
        #expect(graph.modularity(of: found) >= graph.modularity(of: cliques) - 1e-12)
        if count * count <= graph.edgeCount { #expect(found == cliques) }
    }

    @Test(arguments: 1...5) func plantedGroupsAreFound(seed: UInt64) throws {
        let graph = planted(groups: 10, inside: 0.5, between: 0.01, seed: seed)
        let found = try #require(Leiden().communities(of: graph))
        #expect(found == (0..<200).map { Int32($0 / 20) })
    }

    @Test func zacharysClubComesToItsOptimum() throws {
        let graph = WeightedGraph(nodeCount: 34, edges: edges(KarateClub.friendships))
        let best = try (1...10).map { seed in
            var leiden = Leiden()
            leiden.seed = UInt64(seed)
            return graph.modularity(of: try #require(leiden.communities(of: graph)))
        }.max()
        #expect(abs((best ?? 0) - 0.4198) < 0.0001)
    }

    /// Whatever the graph: every node is somewhere, communities are connected, and nothing is worse than every node for itself.
    @Test(arguments: 0..<300) func whateverTheGraph(seed: UInt64) throws {
        let graph = random(seed)
        var leiden = Leiden()
        leiden.seed = seed
        let found = try #require(leiden.communities(of: graph))
        #expect(found.count == graph.nodeCount)
        var copy = found
        #expect(NodeGroups.renumber(&copy) == Set(found).count && copy == found, "numbered by their lowest nodes")
        #expect(isConnected(found, in: graph))
        let alone = (0..<graph.nodeCount).map { Int32($0) }
        #expect(graph.modularity(of: found) >= graph.modularity(of: alone) - 1e-9)
        #expect(leiden.communities(of: graph) == found, "the same seed, the same communities")
        // No single node would be better off elsewhere: one more round of local moves gains nothing.
        var again = LocalMoving(graph, homes: found, scale: graph.totalWeight > 0 ? 1 / (2 * graph.totalWeight) : 0)
        var generator = SplitMix64(seed: 1)
        _ = again.run(&generator, { false })
        #expect(graph.modularity(of: again.homes) <= graph.modularity(of: found) + 1e-3)
    }

    private func isConnected(_ communities: [Int32], in graph: WeightedGraph) -> Bool {
        for community in Set(communities) {
            let members = communities.indices.filter { communities[$0] == community }
            var reached: Set = [members[0]]
            var open = [members[0]]
            while let node = open.popLast() {
                for index in Int(graph.starts[node])..<Int(graph.starts[node + 1]) {
                    let other = Int(graph.targets[index])
                    if communities[other] == community, reached.insert(other).inserted { open.append(other) }
                }
            }
            guard reached.count == members.count else { return false }
        }
        return true
    }

    @Test func higherResolutionMakesSmallerCommunities() throws {
        let graph = ringOfCliques(30, size: 5)
        var leiden = Leiden()
        leiden.resolution = 0.2
        let few = Set(try #require(leiden.communities(of: graph))).count
        leiden.resolution = 3
        let many = Set(try #require(leiden.communities(of: graph))).count
        #expect(few < many)
    }

    @Test func cancellingEndsIt() {
        #expect(Leiden().communities(of: planted(groups: 250, inside: 0.4, between: 0.0002, seed: 1), isCancelled: { true }) == nil)
    }

    @Test func nothingIsAGraphToo() {
        #expect(Leiden().communities(of: WeightedGraph(nodeCount: 0, edges: [])) == [])
        #expect(Leiden().communities(of: WeightedGraph(nodeCount: 3, edges: [])) == [0, 1, 2])
    }

    /// Beside the checkout.
    private static let data = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
        "../../../shared/data/communities")

    /// The figures of leidenalg, the best of 100 seeds there and of 20 here: within 1 %.
    @Test(
        .enabled(if: FileManager.default.fileExists(atPath: data.path), "the reference graphs are not beside this checkout"),
        arguments: [
            ("karate", false, 0.4198), ("karate", true, 0.4449), ("les-miserables", false, 0.5600), ("les-miserables", true, 0.5667),
            ("lfr-mu10", false, 0.7898), ("lfr-mu30", false, 0.4856), ("lfr-mu50", false, 0.2769)
        ]) func referenceGraphs(name: String, isWeighted: Bool, reference: Double) throws
    {
        let text = try String(contentsOf: Self.data.appendingPathComponent("\(name).edges"), encoding: .utf8)
        var edges: [WeightedGraph.Edge] = []
        for line in text.split(separator: "\n") {
            let cells = line.split(separator: " ")
            guard cells.count >= 2, let source = Int(cells[0]), let target = Int(cells[1]) else { continue }
            let weight = isWeighted && cells.count > 2 ? Double(cells[2]) ?? 1 : 1
            edges.append(.init(source: source, target: target, weight: weight))
        }
        let graph = WeightedGraph(nodeCount: 1 + (edges.flatMap { [$0.source, $0.target] }.max() ?? -1), edges: edges)
        var figures: [Double] = []
        for seed in 1...20 {
            var leiden = Leiden()
            leiden.seed = UInt64(seed)
            figures.append(graph.modularity(of: try #require(leiden.communities(of: graph))))
        }
        let best = figures.max() ?? 0
        print("\(name)\(isWeighted ? " weighted" : ""): best \(best), mean \(figures.reduce(0, +) / 20), reference \(reference)")
        #expect(best >= reference * 0.99)
    }
}
