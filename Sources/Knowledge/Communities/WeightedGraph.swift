/// An undirected weighted graph of nodes 0..<n, as adjacency arrays: what community detection over a whole graph works on.
package struct WeightedGraph: Sendable {
    package struct Edge: Sendable {
        package var source: Int
        package var target: Int
        /// Above 0.
        package var weight: Double

        package init(source: Int, target: Int, weight: Double) {
            self.source = source
            self.target = target
            self.weight = weight
        }
    }

    package let nodeCount: Int
    /// Where each node's neighbours begin in ``targets``; one more than there are nodes.
    let starts: [Int32]
    /// Each pair of neighbours stands in it twice, once for either end. A node is not its own neighbour.
    let targets: [Int32]
    let weights: [Double]
    /// The weight of each node's edge to itself: what lies inside of it when it stands for many.
    let loops: [Double]
    /// The sum of the weights of a node's edges (k of modularity); its loop counts twice.
    let strengths: [Double]
    /// The sum of all weights (m of modularity); loops count once.
    package let totalWeight: Double

    init(starts: [Int32], targets: [Int32], weights: [Double], loops: [Double]) {
        nodeCount = starts.count - 1
        self.starts = starts
        self.targets = targets
        self.weights = weights
        self.loops = loops
        var strengths = loops.map { 2 * $0 }
        for node in 0..<(starts.count - 1) {
            for place in Int(starts[node])..<Int(starts[node + 1]) { strengths[node] += weights[place] }
        }
        self.strengths = strengths
        totalWeight = strengths.reduce(0, +) / 2
    }

    /// Edges between the same two nodes, whatever their direction, become one with the sum of their weights.
    /// - Precondition: the ends of all edges are nodes, their number fits 31 bits.
    /// - Complexity: O(nodes + edges).
    package init(nodeCount: Int, edges: [Edge]) {
        var loops = [Double](repeating: 0, count: nodeCount)
        var counts = [Int32](repeating: 0, count: nodeCount + 1)
        for edge in edges where edge.source != edge.target {
            counts[edge.source + 1] += 1
            counts[edge.target + 1] += 1
        }
        for node in 0..<nodeCount { counts[node + 1] += counts[node] }
        var next = counts
        var targets = [Int32](repeating: 0, count: Int(counts[nodeCount]))
        var weights = [Double](repeating: 0, count: targets.count)
        for edge in edges {
            guard edge.source != edge.target else {
                loops[edge.source] += edge.weight
                continue
            }
            for (end, other) in [(edge.source, edge.target), (edge.target, edge.source)] {
                let place = Int(next[end])
                targets[place] = Int32(other)
                weights[place] = edge.weight
                next[end] += 1
            }
        }
        self = WeightedGraph.merged(starts: counts, targets: targets, weights: weights, loops: loops)
    }

    /// Makes one of parallel edges, in the order of their first appearance.
    private static func merged(starts: [Int32], targets: [Int32], weights: [Double], loops: [Double]) -> WeightedGraph {
        var place = [Int32](repeating: -1, count: loops.count)
        var newStarts: [Int32] = [0]
        newStarts.reserveCapacity(starts.count)
        var newTargets: [Int32] = []
        newTargets.reserveCapacity(targets.count)
        var newWeights: [Double] = []
        newWeights.reserveCapacity(targets.count)
        for node in 0..<loops.count {
            let begin = Int32(newTargets.count)
            for index in Int(starts[node])..<Int(starts[node + 1]) {
                let target = Int(targets[index])
                if place[target] >= begin {
                    newWeights[Int(place[target])] += weights[index]
                } else {
                    place[target] = Int32(newTargets.count)
                    newTargets.append(targets[index])
                    newWeights.append(weights[index])
                }
            }
            newStarts.append(Int32(newTargets.count))
        }
        return WeightedGraph(starts: newStarts, targets: newTargets, weights: newWeights, loops: loops)
    }

    /// How many pairs of nodes are neighbours.
    package var edgeCount: Int { targets.count / 2 }

    /// The graph whose nodes are the groups of this one's; what lies inside a group becomes its loop.
    /// - Parameter groups: of each node, 0..<count, none of them empty.
    /// - Complexity: O(nodes + edges).
    func aggregated(by groups: [Int32], count: Int) -> WeightedGraph {
        let members = NodeGroups(groups, count: count)
        var loops = [Double](repeating: 0, count: count)
        var newStarts: [Int32] = [0]
        newStarts.reserveCapacity(count + 1)
        var newTargets: [Int32] = []
        var newWeights: [Double] = []
        var place = [Int32](repeating: -1, count: count)
        for group in 0..<count {
            let begin = Int32(newTargets.count)
            var inside = 0.0
            for node in members[group] {
                let node = Int(node)
                loops[group] += self.loops[node]
                for index in Int(starts[node])..<Int(starts[node + 1]) {
                    let other = Int(groups[Int(targets[index])])
                    if other == group {
                        inside += weights[index]
                    } else if place[other] >= begin {
                        newWeights[Int(place[other])] += weights[index]
                    } else {
                        place[other] = Int32(newTargets.count)
                        newTargets.append(Int32(other))
                        newWeights.append(weights[index])
                    }
                }
            }
            loops[group] += inside / 2
            newStarts.append(Int32(newTargets.count))
        }
        return WeightedGraph(starts: newStarts, targets: newTargets, weights: newWeights, loops: loops)
    }

    /// The modularity of a partition: the share of the weight that lies inside communities, less what would be expected if the same
    /// strengths were joined at random (M. Newman, M. Girvan, 2004). 0 for a graph without edges.
    /// - Parameter communities: of each node, from 0.
    /// - Complexity: O(nodes + edges).
    package func modularity(of communities: [Int32], resolution: Double = 1) -> Double {
        guard totalWeight > 0, let highest = communities.max() else { return 0 }
        var inside = 0.0
        var strength = [Double](repeating: 0, count: Int(highest) + 1)
        for node in 0..<nodeCount {
            let community = communities[node]
            strength[Int(community)] += strengths[node]
            inside += loops[node]
            for index in Int(starts[node])..<Int(starts[node + 1]) where communities[Int(targets[index])] == community {
                inside += weights[index] / 2
            }
        }
        let expected = strength.reduce(0) { $0 + ($1 / (2 * totalWeight)) * ($1 / (2 * totalWeight)) }
        return inside / totalWeight - resolution * expected
    }
}
