/// Nodes by the group that they are in, each group's in ascending order.
struct NodeGroups {
    private let starts: [Int32]
    private var nodes: [Int32]

    /// - Parameter groups: of each node, 0..<count.
    /// - Complexity: O(nodes + groups).
    init(_ groups: [Int32], count: Int) {
        var starts = [Int32](repeating: 0, count: count + 1)
        for group in groups { starts[Int(group) + 1] += 1 }
        for group in 0..<count { starts[group + 1] += starts[group] }
        var next = starts
        nodes = [Int32](repeating: 0, count: groups.count)
        for (node, group) in groups.enumerated() {
            nodes[Int(next[Int(group)])] = Int32(node)
            next[Int(group)] += 1
        }
        self.starts = starts
    }

    subscript(group: Int) -> ArraySlice<Int32> { nodes[Int(starts[group])..<Int(starts[group + 1])] }

    /// The same groups under the numbers 0…, in the order of their lowest nodes.
    /// - Returns: how many there are.
    /// - Complexity: O(nodes).
    static func renumber(_ groups: inout [Int32]) -> Int {
        var numbers = [Int32](repeating: -1, count: Int((groups.max() ?? -1) + 1))
        var count: Int32 = 0
        for node in groups.indices {
            let group = Int(groups[node])
            if numbers[group] < 0 {
                numbers[group] = count
                count += 1
            }
            groups[node] = numbers[group]
        }
        return Int(count)
    }
}
