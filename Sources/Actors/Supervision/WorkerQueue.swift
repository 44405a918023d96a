import Persistence

/// Tasks in hand that wait for a worker, in the order of their lanes. A lane has no more of them than its window.
struct WorkerQueue {
    typealias Waiting = CheckedContinuation<Void, any Error>

    private var waiting: [Lane: [(turn: Int, continuation: Waiting)]] = [:]

    var isEmpty: Bool { waiting.isEmpty }

    mutating func add(_ continuation: Waiting, of lane: Lane, turn: Int) {
        let place = waiting[lane]?.firstIndex { $0.turn > turn } ?? waiting[lane]?.endIndex ?? 0
        waiting[lane, default: []].insert((turn, continuation), at: place)
    }

    /// Whoever is nearest to its lane's head.
    mutating func popFirst(of lane: Lane) -> Waiting? {
        guard let first = waiting[lane]?.first else { return nil }
        return remove(of: lane, turn: first.turn)
    }

    mutating func remove(of lane: Lane, turn: Int) -> Waiting? {
        guard let index = waiting[lane]?.firstIndex(where: { $0.turn == turn }) else { return nil }
        defer { if waiting[lane]?.isEmpty == true { waiting[lane] = nil } }
        return waiting[lane]?.remove(at: index).continuation
    }
}
