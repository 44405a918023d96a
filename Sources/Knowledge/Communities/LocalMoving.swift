/// Leiden's fast local moving: each node goes to the neighbouring community, or one of its own, where it gains most; only nodes whose
/// neighbours have moved are looked at again.
struct LocalMoving {
    /// Less than this is rounding: a node that moved for it could move for ever.
    private static let least = 1e-10

    private let graph: WeightedGraph
    /// γ / 2m.
    private let scale: Double
    /// The community of each node, 0..<nodes.
    private(set) var homes: [Int32]
    /// The sum of its nodes' strengths, of each community.
    private var strengths: [Double]
    private var sizes: [Int32]
    private var empty: [Int32] = []
    private var weightTo: [Double]
    private var touched: [Int32] = []

    init(_ graph: WeightedGraph, homes: [Int32], scale: Double) {
        self.graph = graph
        self.scale = scale
        self.homes = homes
        strengths = [Double](repeating: 0, count: graph.nodeCount)
        sizes = [Int32](repeating: 0, count: graph.nodeCount)
        weightTo = [Double](repeating: 0, count: graph.nodeCount)
        for node in 0..<graph.nodeCount {
            strengths[Int(homes[node])] += graph.strengths[node]
            sizes[Int(homes[node])] += 1
        }
        for community in stride(from: graph.nodeCount - 1, through: 0, by: -1) where sizes[community] == 0 {
            empty.append(Int32(community))
        }
    }

    /// - Returns: `false` when it was cancelled.
    mutating func run(_ random: inout SplitMix64, _ isCancelled: () -> Bool) -> Bool {
        let count = graph.nodeCount
        // A ring: no node stands in it twice.
        var queue = (0..<count).map { Int32($0) }
        random.shuffle(&queue)
        var isQueued = [Bool](repeating: true, count: count)
        var head = 0
        var waiting = count
        var looked = 0
        while waiting > 0 {
            looked += 1
            if looked % 4096 == 0, isCancelled() { return false }
            let node = Int(queue[head])
            head = head + 1 == count ? 0 : head + 1
            waiting -= 1
            isQueued[node] = false
            guard move(node) else { continue }
            let home = homes[node]
            for index in Int(graph.starts[node])..<Int(graph.starts[node + 1]) {
                let other = Int(graph.targets[index])
                guard !isQueued[other], homes[other] != home else { continue }
                isQueued[other] = true
                var tail = head + waiting
                if tail >= count { tail -= count }
                queue[tail] = Int32(other)
                waiting += 1
            }
        }
        return true
    }

    /// Lets a node go where it gains most. Returns whether it has moved.
    private mutating func move(_ node: Int) -> Bool {
        let old = Int(homes[node])
        let strength = graph.strengths[node]
        strengths[old] -= strength
        sizes[old] -= 1
        if sizes[old] == 0 { empty.append(Int32(old)) }
        for index in Int(graph.starts[node])..<Int(graph.starts[node + 1]) {
            let community = homes[Int(graph.targets[index])]
            if weightTo[Int(community)] == 0 { touched.append(community) }
            weightTo[Int(community)] += graph.weights[index]
        }
        var best = old
        var gain = weightTo[old] - scale * strength * strengths[old]
        for community in touched {
            let candidate = weightTo[Int(community)] - scale * strength * strengths[Int(community)]
            if candidate > gain + Self.least {
                gain = candidate
                best = Int(community)
            }
        }
        // Alone it gains and loses nothing.
        if gain < -Self.least, let free = empty.last { best = Int(free) }
        for community in touched { weightTo[Int(community)] = 0 }
        touched.removeAll(keepingCapacity: true)
        homes[node] = Int32(best)
        strengths[best] += strength
        sizes[best] += 1
        if sizes[best] == 1 {
            // It was empty: the last that became so, or this node's own, which is the last then.
            empty.removeLast()
        }
        return best != old
    }
}
