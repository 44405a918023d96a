/// The neighbours of one entity with the weights between, both directions and all types of edge together.
struct Neighbourhood: Sendable, Equatable {
    struct Tie: Sendable, Equatable {
        let entity: EntityNumber
        var weight: Int
    }

    /// In ascending order of number, each neighbour once.
    private(set) var ties: [Tie] = []
    /// The sum of the weights (k of modularity).
    private(set) var weight = 0

    init() {}

    /// - Parameter ties: in ascending order of number, each neighbour once.
    init(ties: [Tie]) {
        self.ties = ties
        weight = ties.reduce(0) { $0 + $1.weight }
    }

    /// - Parameter added: negative for what goes; a neighbour to whom no weight is left is none.
    /// - Complexity: linear in the number of neighbours.
    mutating func add(_ added: Int, to entity: EntityNumber) {
        weight += added
        var low = 0
        var high = ties.count
        while low < high {
            let middle = (low + high) / 2
            if ties[middle].entity < entity { low = middle + 1 } else { high = middle }
        }
        if low < ties.count, ties[low].entity == entity {
            ties[low].weight += added
            if ties[low].weight <= 0 { ties.remove(at: low) }
        } else {
            ties.insert(Tie(entity: entity, weight: added), at: low)
        }
    }
}
