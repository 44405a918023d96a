/// Community detection over a whole graph by the Leiden algorithm (V. Traag, L. Waltman, N. J. van Eck, "From Louvain to Leiden:
/// guaranteeing well-connected communities", Scientific Reports 9, 2019), for modularity.
///
/// Each iteration moves nodes between communities as long as that gains (``LocalMoving``), refines each community into well-connected
/// parts (``Refinement``), and goes on with these parts as the nodes of a smaller graph. The same graph and seed give the same communities.
package struct Leiden: Sendable {
    /// γ: higher makes more and smaller communities.
    package var resolution = 1.0
    /// θ: how readily a refinement takes a part that is not the best one, in units of weight.
    package var randomness = 0.01
    /// How many iterations at most; one that gains nothing is the last.
    package var iterations = 10
    package var seed: UInt64 = 1

    package init() {}

    /// - Parameter isCancelled: asked now and then; when it says so, detection ends.
    /// - Returns: the community of each node, 0… in the order of their lowest nodes; each is connected, and a node without edges is one by itself.
    ///   `nil` when it was cancelled.
    /// - Complexity: O(edges) for each level of each iteration, a handful in practice.
    package func communities(of graph: WeightedGraph, isCancelled: () -> Bool = { false }) -> [Int32]? {
        var communities = (0..<graph.nodeCount).map { Int32($0) }
        guard graph.totalWeight > 0 else { return communities }
        var random = SplitMix64(seed: seed)
        var quality = graph.modularity(of: communities, resolution: resolution)
        for _ in 0..<max(1, iterations) {
            var improved = communities
            guard improve(&improved, of: graph, &random, isCancelled) else { return nil }
            let better = graph.modularity(of: improved, resolution: resolution)
            // What remains below this is rounding.
            guard better > quality + 1e-12 else { break }
            communities = improved
            quality = better
        }
        separate(&communities, of: graph)
        _ = NodeGroups.renumber(&communities)
        return communities
    }

    /// One iteration.
    /// - Returns: `false` when it was cancelled.
    private func improve(
        _ communities: inout [Int32], of graph: WeightedGraph, _ random: inout SplitMix64, _ isCancelled: () -> Bool
    ) -> Bool {
        let scale = resolution / (2 * graph.totalWeight)
        var level = graph
        /// The level's node that each node of the graph is in.
        var nodes = (0..<graph.nodeCount).map { Int32($0) }
        var homes = communities
        while true {
            var moving = LocalMoving(level, homes: homes, scale: scale)
            guard moving.run(&random, isCancelled) else { return false }
            homes = moving.homes
            let count = NodeGroups.renumber(&homes)
            guard count < level.nodeCount else { break }
            var refinement = Refinement(level, communities: homes, count: count, scale: scale, randomness: randomness)
            guard refinement.run(&random, isCancelled) else { return false }
            var parts = refinement.parts
            var partCount = NodeGroups.renumber(&parts)
            if partCount == level.nodeCount {
                // Nothing could be merged well: go on with the communities themselves, so that there is an end.
                parts = homes
                partCount = count
            }
            var partHomes = [Int32](repeating: 0, count: partCount)
            for node in 0..<level.nodeCount { partHomes[Int(parts[node])] = homes[node] }
            level = level.aggregated(by: parts, count: partCount)
            for node in nodes.indices { nodes[node] = parts[Int(nodes[node])] }
            homes = partHomes
        }
        for node in nodes.indices { communities[node] = homes[Int(nodes[node])] }
        return true
    }

    /// Makes communities of their own of what is not connected. That is rare, and never loses modularity: no weight is cut.
    private func separate(_ communities: inout [Int32], of graph: WeightedGraph) {
        var component = [Int32](repeating: -1, count: graph.nodeCount)
        var count: Int32 = 0
        var open: [Int32] = []
        for start in 0..<graph.nodeCount where component[start] < 0 {
            component[start] = count
            open.append(Int32(start))
            while let node = open.popLast() {
                for index in Int(graph.starts[Int(node)])..<Int(graph.starts[Int(node) + 1]) {
                    let other = Int(graph.targets[index])
                    guard component[other] < 0, communities[other] == communities[Int(node)] else { continue }
                    component[other] = count
                    open.append(Int32(other))
                }
            }
            count += 1
        }
        communities = component
    }
}
