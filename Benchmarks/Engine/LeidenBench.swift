import ArgumentParser
import Foundation
import Knowledge

/// How long community detection takes on large graphs, and how good it is.
struct LeidenBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "leiden", abstract: "Detects the communities of a planted and of a power-law graph.",
        discussion: "With --write the graphs are written as 'u v' lines, so that another program can be timed on the same ones.")

    @Option(help: "Nodes of each graph.")
    var nodes = 100_000

    @Option(help: "Edges of each graph.")
    var edges = 500_000

    @Option(help: "Iterations of the algorithm.")
    var iterations = 2

    @Option(help: "Runs, each with a seed of its own.")
    var runs = 3

    @Option(help: ArgumentHelp("A folder to write the graphs to.", valueName: "folder"))
    var write: String?

    func run() throws {
        try measure("planted", planted())
        try measure("power law", powerLaw())
    }

    private func measure(_ name: String, _ pairs: [(Int, Int)]) throws {
        if let write {
            let text = pairs.map { "\($0.0) \($0.1)\n" }.joined()
            try text.write(toFile: "\(write)/\(name.replacingOccurrences(of: " ", with: "-")).edges", atomically: true, encoding: .utf8)
        }
        let clock = ContinuousClock()
        let began = clock.now
        let graph = WeightedGraph(nodeCount: nodes, edges: pairs.map { .init(source: $0.0, target: $0.1, weight: 1) })
        let building = clock.now - began
        for run in 1...runs {
            var leiden = Leiden()
            leiden.iterations = iterations
            leiden.seed = UInt64(run)
            let cpu = Self.processorTime()
            guard let communities = leiden.communities(of: graph) else { return }
            let seconds = Self.processorTime() - cpu
            let count = (communities.max() ?? -1) + 1
            print(
                "\(name): \(graph.nodeCount) nodes, \(graph.edgeCount) edges, \(iterations) iterations: \(Self.rounded(seconds)) s CPU, "
                    + "modularity \(Self.rounded(graph.modularity(of: communities))), \(count) communities (graph built in \(building))")
        }
    }

    private static func rounded(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }

    private static func processorTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Groups of 100; four in five edges lie inside one.
    private func planted() -> [(Int, Int)] {
        var random = SeededDice(state: 1)
        return (0..<edges).map { _ in
            let left = random.below(nodes)
            if random.below(5) == 0 { return (left, random.below(nodes)) }
            let group = left / 100 * 100
            return (left, group + random.below(min(100, nodes - group)))
        }
    }

    /// Each node is joined to some that came before it, with a chance in proportion to their degree (A.-L. Barabási, R. Albert, 1999).
    private func powerLaw() -> [(Int, Int)] {
        var random = SeededDice(state: 2)
        let each = max(1, edges / nodes)
        var ends: [Int] = Array(0...each)
        var pairs: [(Int, Int)] = []
        for node in (each + 1)..<nodes {
            for _ in 0..<each {
                let other = ends[random.below(ends.count)]
                pairs.append((node, other))
                ends.append(other)
            }
            ends.append(contentsOf: repeatElement(node, count: each))
        }
        return pairs
    }

    /// SplitMix64, so that the graphs are the same each time.
    private struct SeededDice {
        var state: UInt64

        mutating func below(_ bound: Int) -> Int {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            mixed ^= mixed >> 31
            return Int(mixed.multipliedFullWidth(by: UInt64(bound)).high)
        }
    }
}
