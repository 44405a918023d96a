import DequeModule
package import Persistence

/// Decides which lane's turn it is: a pure machine, told of everything that happens to tasks, asked what to do next.
///
/// Lanes of one priority take turns; `bulk` gets one turn in ``bulkShare`` while `interactive` has work, so that neither
/// starves. Tasks are claimed in batches, but never more than there are free workers: a claim counts an attempt, which a task
/// that only waits must not lose to a crash. What waits beyond is a number, not objects.
package struct LaneScheduler: Sendable {
    package enum Order: Sendable, Equatable {
        /// Claim at most this many tasks of a lane.
        case claim(Lane, limit: Int)
        /// Start the lane's first claimed task.
        case start(Lane)
    }

    private struct State {
        /// Waiting rows in the store, as far as known; never too few.
        var waiting = 0
        /// Claimed and not started.
        var claimed = 0
        /// Started and not finished.
        var started = 0
        var isClaiming = false
        var arrivedWhileClaiming = 0

        var isIdle: Bool { waiting == 0 && claimed == 0 && started == 0 && !isClaiming }
    }

    package static let bulkShare = 8
    /// How many tasks a claim takes at most.
    package static let batch = 32

    private let workers: Int
    /// How many tasks of a lane may be started and not finished: its head and those extracted behind it.
    private let window: Int
    private var lanes: [Lane: State] = [:]
    private var toStart = Rotation()
    private var toClaim = Rotation()
    /// Tasks that use a worker: started and not yet extracted.
    package private(set) var working = 0
    /// Workers that are spoken for: by tasks claimed and not started, or asked for.
    private var reserved = 0

    /// - Parameters:
    ///   - workers: how many tasks work at once; 0 starts nothing.
    ///   - window: a lane's head and at most 32 extracted successors.
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
        reserved -= asked - received
        state.isClaiming = false
        state.claimed += received
        state.waiting = received < asked ? state.arrivedWhileClaiming : max(state.waiting - received, state.arrivedWhileClaiming)
        state.arrivedWhileClaiming = 0
        lanes[lane] = state
        queue(lane)
    }

    /// A claim failed; nothing was taken. The lane is looked at again with ``retry(_:)``.
    package mutating func claimFailed(_ lane: Lane, asked: Int) {
        reserved -= asked
        lanes[lane]?.isClaiming = false
        lanes[lane]?.arrivedWhileClaiming = 0
    }

    package mutating func retry(_ lane: Lane) {
        queue(lane)
    }

    /// A claimed task was ended before it was started.
    package mutating func dropped(_ lane: Lane) {
        reserved -= 1
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
        while working < workers, let lane = toStart.pop() {
            guard var state = lanes[lane], canStart(state) else { continue }
            state.claimed -= 1
            state.started += 1
            lanes[lane] = state
            reserved -= 1
            working += 1
            queue(lane)
            return .start(lane)
        }
        while working + reserved < workers, let lane = toClaim.pop() {
            guard let state = lanes[lane], canClaim(state) else { continue }
            // `waiting` is never too few, so a claim for fewer than the batch misses nothing.
            let limit = min(Self.batch, workers - working - reserved, window - state.claimed - state.started, state.waiting)
            lanes[lane]?.isClaiming = true
            lanes[lane]?.arrivedWhileClaiming = 0
            reserved += limit
            return .claim(lane, limit: limit)
        }
        return nil
    }

    private func canStart(_ state: State) -> Bool { state.claimed > 0 && state.started < window }

    /// A lane whose window is full has no use for more.
    private func canClaim(_ state: State) -> Bool { state.waiting > 0 && !state.isClaiming && state.claimed + state.started < window }

    private mutating func queue(_ lane: Lane) {
        guard let state = lanes[lane] else { return }
        if state.isIdle {
            lanes[lane] = nil
            return
        }
        if canStart(state) { toStart.push(lane) }
        if canClaim(state) { toClaim.push(lane) }
    }

    /// How many tasks wait in memory or in the store, as far as known. O(lanes).
    package var backlog: Int { lanes.values.reduce(0) { $0 + $1.waiting + $1.claimed } }

    /// Lanes that take turns, interactive ones before bulk ones but for the latter's share.
    private struct Rotation {
        private var queues: [TaskPriority: Deque<Lane>] = [:]
        private var members: Set<Lane> = []
        private var interactiveTurns = 0

        mutating func push(_ lane: Lane) {
            if members.insert(lane).inserted { queues[lane.priority, default: []].append(lane) }
        }

        mutating func pop() -> Lane? {
            let bulkIsDue = interactiveTurns >= LaneScheduler.bulkShare - 1
            for priority in bulkIsDue ? [TaskPriority.bulk, .interactive] : [.interactive, .bulk] {
                guard let lane = queues[priority]?.popFirst() else { continue }
                members.remove(lane)
                interactiveTurns = priority == .interactive ? interactiveTurns + 1 : 0
                return lane
            }
            return nil
        }
    }
}
