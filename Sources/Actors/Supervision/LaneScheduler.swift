import DequeModule
package import Persistence

/// Decides which lane's turn it is: a pure machine, told of everything that happens to tasks, asked what to do next.
///
/// Lanes of one priority take turns; `bulk` gets one start in ``bulkShare`` while `interactive` has work, so that neither
/// starves. A lane is claimed from the store in batches, ahead of need; what waits beyond is a number, not objects.
package struct LaneScheduler: Sendable {
    package enum Order: Sendable, Equatable {
        /// Claim at most this many tasks of a lane.
        case claim(Lane, limit: Int)
        /// Start the lane's first claimed task.
        case start(Lane)
    }

    private struct State {
        /// Waiting rows in the store, as far as known.
        var waiting = 0
        /// Claimed and not started.
        var claimed = 0
        /// Started and not finished.
        var started = 0
        var isClaiming = false
        var arrivedWhileClaiming = 0
        var isQueued = false

        var isIdle: Bool { waiting == 0 && claimed == 0 && started == 0 && !isClaiming }
    }

    package static let bulkShare = 8
    /// How many tasks a claim takes at most.
    package static let batch = 32

    private let workers: Int
    /// How many tasks of a lane may be started and not finished: the head and those behind it.
    private let window: Int
    private var lanes: [Lane: State] = [:]
    private var queues: [TaskPriority: Deque<Lane>] = [:]
    /// Tasks that use a worker: started and not yet extracted.
    package private(set) var working = 0
    private var interactiveStarts = 0

    /// - Parameters:
    ///   - workers: how many tasks work at once; 0 starts nothing.
    ///   - window: see ``ARCHITECTURE``: a lane's head and at most 32 extracted successors.
    package init(workers: Int, window: Int = 33) {
        self.workers = workers
        self.window = window
    }

    package mutating func arrived(_ lane: Lane, count: Int = 1) {
        lanes[lane, default: State()].waiting += count
        if lanes[lane]?.isClaiming == true { lanes[lane]?.arrivedWhileClaiming += count }
        queue(lane)
    }

    /// The answer to an ``Order/claim(_:limit:)``. Fewer than asked for means that nothing waits but what arrived meanwhile.
    package mutating func claimed(_ lane: Lane, asked: Int, received: Int) {
        guard var state = lanes[lane] else { return }
        state.isClaiming = false
        state.claimed += received
        state.waiting = received < asked ? state.arrivedWhileClaiming : max(state.waiting - received, state.arrivedWhileClaiming)
        state.arrivedWhileClaiming = 0
        lanes[lane] = state
        queue(lane)
    }

    /// A claim failed; nothing was taken. The lane is looked at again with ``retry(_:)``.
    package mutating func claimFailed(_ lane: Lane) {
        lanes[lane]?.isClaiming = false
        lanes[lane]?.arrivedWhileClaiming = 0
    }

    package mutating func retry(_ lane: Lane) {
        queue(lane)
    }

    /// A claimed task was ended before it was started.
    package mutating func dropped(_ lane: Lane) {
        lanes[lane]?.claimed -= 1
        queue(lane)
    }

    /// A started task no longer needs its worker.
    package mutating func extracted(_ lane: Lane) {
        working -= 1
        queue(lane)
    }

    /// A started task has left; it must have been reported by ``extracted(_:)`` before.
    package mutating func finished(_ lane: Lane) {
        lanes[lane]?.started -= 1
        queue(lane)
    }

    /// What to do now; `nil` until something happens.
    package mutating func next() -> Order? {
        while working < workers {
            guard let lane = popLane() else { return nil }
            guard var state = lanes[lane] else { continue }
            state.isQueued = false
            if state.isIdle {
                lanes[lane] = nil
                continue
            }
            if state.claimed > 0, state.started < window {
                state.claimed -= 1
                state.started += 1
                lanes[lane] = state
                working += 1
                interactiveStarts = lane.priority == .interactive ? interactiveStarts + 1 : 0
                queue(lane)
                return .start(lane)
            }
            lanes[lane] = state
            if let order = claim(lane) {
                queue(lane)
                return order
            }
        }
        return nil
    }

    private mutating func claim(_ lane: Lane) -> Order? {
        guard let state = lanes[lane], state.waiting > 0, !state.isClaiming, state.claimed <= Self.batch / 2 else { return nil }
        lanes[lane]?.isClaiming = true
        lanes[lane]?.arrivedWhileClaiming = 0
        return .claim(lane, limit: Self.batch)
    }

    private func canAct(_ state: State) -> Bool {
        (state.claimed > 0 && state.started < window) || (state.waiting > 0 && !state.isClaiming && state.claimed <= Self.batch / 2)
    }

    private mutating func queue(_ lane: Lane) {
        guard let state = lanes[lane] else { return }
        if state.isIdle, !state.isQueued {
            lanes[lane] = nil
        } else if !state.isQueued, canAct(state) {
            lanes[lane]?.isQueued = true
            queues[lane.priority, default: []].append(lane)
        }
    }

    private mutating func popLane() -> Lane? {
        let bulkIsDue = interactiveStarts >= Self.bulkShare - 1
        let order: [TaskPriority] = bulkIsDue ? [.bulk, .interactive] : [.interactive, .bulk]
        for priority in order {
            if let lane = queues[priority]?.popFirst() { return lane }
        }
        return nil
    }

    /// How many tasks wait in memory or in the store, as far as known. O(lanes).
    package var backlog: Int { lanes.values.reduce(0) { $0 + $1.waiting + $1.claimed } }
}
