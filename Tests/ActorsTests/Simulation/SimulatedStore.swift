import Knowledge
import Persistence

@testable import Actors

/// What a store keeps of tasks, and how often each has ended.
struct SimulatedStore {
    enum Status: Equatable {
        case pending, processing, completed, failed, cancelled, interrupted

        var isTerminal: Bool { self != .pending && self != .processing }
    }

    struct Row {
        let arrival: SimulationPlan.Arrival
        var status = Status.pending
        var attempt = 0
        var interruptions = 0
    }

    private(set) var rows: [TaskNumber: Row] = [:]
    /// Waiting tasks in order.
    private(set) var lanes: [Lane: [TaskNumber]] = [:]
    private var last: Int64 = 0

    mutating func accept(_ arrival: SimulationPlan.Arrival) -> TaskNumber {
        last += 1
        rows[TaskNumber(last)] = Row(arrival: arrival)
        lanes[arrival.lane, default: []].append(TaskNumber(last))
        return TaskNumber(last)
    }

    mutating func claim(_ lane: Lane, limit: Int) -> [TaskNumber] {
        let claimed = Array(lanes[lane, default: []].prefix(limit))
        lanes[lane]?.removeFirst(claimed.count)
        for number in claimed {
            rows[number]?.status = .processing
            rows[number]?.attempt += 1
        }
        return claimed
    }

    mutating func claimAgain(_ number: TaskNumber) { rows[number]?.attempt += 1 }

    /// Returns whether the task had not ended before.
    mutating func end(_ number: TaskNumber, as status: Status) -> Bool {
        guard let row = rows[number], !row.status.isTerminal else { return false }
        if row.status == .pending { lanes[row.arrival.lane]?.removeAll { $0 == number } }
        rows[number]?.status = status
        return true
    }

    /// What a start does about tasks that were being processed.
    mutating func recover(isOrderly: Bool, limit: Int) -> [Suspect] {
        var suspects: [Suspect] = []
        for number in rows.keys.sorted() {
            guard let row = rows[number], row.status == .processing else { continue }
            let interruptions = row.interruptions + (isOrderly ? 0 : 1)
            rows[number]?.interruptions = interruptions
            if !isOrderly, interruptions >= limit {
                rows[number]?.status = .interrupted
                continue
            }
            rows[number]?.status = .pending
            var lane = lanes[row.arrival.lane, default: []]
            lane.insert(number, at: lane.firstIndex { $0 > number } ?? lane.endIndex)
            lanes[row.arrival.lane] = lane
        }
        for (number, row) in rows.sorted(by: { $0.key < $1.key }) where row.status == .pending && row.interruptions >= Suspect.interruptions
        {
            suspects.append(Suspect(task: number, lane: row.arrival.lane))
        }
        return suspects
    }
}
