#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Leiden's refinement: within each community, single nodes are merged into parts, at random among those that gain, and only what is
/// well connected with the rest of its community, nodes as well as parts.
struct Refinement {
    private let graph: WeightedGraph
    private let communities: [Int32]
    private let members: NodeGroups
    private let count: Int
    /// γ / 2m.
    private let scale: Double
    private let randomness: Double

    /// The part of each node; a part bears the number of one of its nodes.
    private(set) var parts: [Int32]
    private var strengths: [Double]
    /// The weight between each part and the rest of its community.
    private var external: [Double]
    private var isMerged: [Bool]
    private var weightTo: [Double]
    private var touched: [Int32] = []
    private var choices: [(part: Int32, gain: Double)] = []

    /// - Parameter communities: of each node, 0..<count, none of them empty.
    init(_ graph: WeightedGraph, communities: [Int32], count: Int, scale: Double, randomness: Double) {
        self.graph = graph
        self.communities = communities
        self.count = count
        self.scale = scale
        self.randomness = randomness
        members = NodeGroups(communities, count: count)
        parts = (0..<graph.nodeCount).map { Int32($0) }
        strengths = graph.strengths
        external = [Double](repeating: 0, count: graph.nodeCount)
        isMerged = [Bool](repeating: false, count: graph.nodeCount)
        weightTo = [Double](repeating: 0, count: graph.nodeCount)
    }

    /// - Returns: `false` when it was cancelled.
    mutating func run(_ random: inout SplitMix64, _ isCancelled: () -> Bool) -> Bool {
        var looked = 0
        for community in 0..<count {
            var nodes = Array(members[community])
            guard nodes.count > 1 else { continue }
            looked += nodes.count
            if looked >= 4096 {
                looked = 0
                if isCancelled() { return false }
            }
            var total = 0.0
            for node in nodes {
                let node = Int(node)
                total += graph.strengths[node]
                for index in Int(graph.starts[node])..<Int(graph.starts[node + 1])
                where communities[Int(graph.targets[index])] == Int32(community) {
                    external[node] += graph.weights[index]
                }
            }
            random.shuffle(&nodes)
            for node in nodes where !isMerged[Int(node)] { merge(Int(node), in: Int32(community), of: total, &random) }
        }
        return true
    }

    /// Whether a part is tied to the rest of its community at least as well as would be expected at random.
    private func isWellConnected(_ part: Int, in total: Double) -> Bool {
        external[part] >= scale * strengths[part] * (total - strengths[part])
    }

    /// Puts a node that is a part by itself into another one, if that gains.
    private mutating func merge(_ node: Int, in community: Int32, of total: Double, _ random: inout SplitMix64) {
        guard isWellConnected(node, in: total) else { return }
        let strength = graph.strengths[node]
        for index in Int(graph.starts[node])..<Int(graph.starts[node + 1]) {
            let other = Int(graph.targets[index])
            guard communities[other] == community else { continue }
            let part = parts[other]
            if weightTo[Int(part)] == 0 { touched.append(part) }
            weightTo[Int(part)] += graph.weights[index]
        }
        // To stay alone is a choice, too.
        choices.append((Int32(node), 0))
        var best = 0.0
        for part in touched where isWellConnected(Int(part), in: total) {
            let gain = weightTo[Int(part)] - scale * strength * strengths[Int(part)]
            guard gain >= 0 else { continue }
            choices.append((part, gain))
            best = max(best, gain)
        }
        for part in touched { weightTo[Int(part)] = 0 }
        touched.removeAll(keepingCapacity: true)
        let chosen = Int(choose(best, &random))
        choices.removeAll(keepingCapacity: true)
        guard chosen != node else { return }
        strengths[chosen] += strength
        isMerged[chosen] = true
        isMerged[node] = true
        for index in Int(graph.starts[node])..<Int(graph.starts[node + 1]) {
            let other = Int(graph.targets[index])
            guard communities[other] == community else { continue }
            external[chosen] += parts[other] == Int32(chosen) ? -graph.weights[index] : graph.weights[index]
        }
        parts[node] = Int32(chosen)
    }

    /// One of the choices, each with a probability proportional to exp(gain / θ).
    private func choose(_ best: Double, _ random: inout SplitMix64) -> Int32 {
        var sum = 0.0
        for choice in choices { sum += exp((choice.gain - best) / randomness) }
        var rest = random.unit() * sum
        for choice in choices {
            rest -= exp((choice.gain - best) / randomness)
            if rest < 0 { return choice.part }
        }
        return choices[choices.count - 1].part
    }
}
