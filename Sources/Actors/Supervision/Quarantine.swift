import DequeModule
import Knowledge
import Persistence

/// The tasks of which one may be what made earlier processes end. While it is open one task is run at a time, so that the next
/// end, if it comes, counts against the task that was running and no other.
struct Quarantine: Sendable {
    /// Their places, by lane.
    private var suspects: [Lane: [TaskNumber: TaskNumber]] = [:]
    private var lanes: Deque<Lane> = []

    init() {}

    init(_ suspects: [Suspect]) {
        for suspect in suspects {
            if self.suspects[suspect.lane] == nil { lanes.append(suspect.lane) }
            self.suspects[suspect.lane, default: [:]][suspect.task] = suspect.place
        }
    }

    var isOpen: Bool { !lanes.isEmpty }
    /// The only lane that tasks are taken from.
    var lane: Lane? { lanes.first }

    /// A task has ended, or is gone.
    mutating func ended(_ task: TaskNumber, in lane: Lane) {
        guard suspects[lane]?.removeValue(forKey: task) != nil, suspects[lane]?.isEmpty == true else { return }
        clear(lane)
    }

    /// A lane's order has come to this place: suspects before it are gone.
    mutating func reached(_ place: TaskNumber, in lane: Lane) {
        guard let last = suspects[lane]?.values.max(), last < place else { return }
        clear(lane)
    }

    /// Nothing of the lane waits.
    mutating func clear(_ lane: Lane) {
        guard suspects.removeValue(forKey: lane) != nil else { return }
        lanes.removeAll { $0 == lane }
    }
}
