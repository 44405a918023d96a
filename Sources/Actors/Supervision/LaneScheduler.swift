import DequeModule
package import Knowledge
package import Persistence

/// Decides which lane's turn it is: a pure machine, told of everything that happens to tasks, asked what to do next.
///
/// Projects take turns by the size of their tasks (``FairRotation``), in two rotations: `interactive` goes before `bulk`, which gets one turn in
/// ``Limits/bulkShare``, so that neither starves. Tasks are claimed in batches, but never more than there are free workers: a claim counts an
/// attempt, which a task that only waits must not lose to a crash. What waits beyond is a number, not objects. A decision costs O(log lanes).
package struct LaneScheduler: Sendable {
    package enum Order: Sendable, Equatable {
        /// Claim at most this many tasks of a lane.
        case claim(Lane, limit: Int)
        /// Start the lane's first claimed task.
        case start(Lane)
        /// Give a worker to one of the lane's started tasks that asked for one again.
        case resume(Lane)
    }

    /// What may change at run time.
    package struct Limits: Sendable, Equatable {
        /// How many tasks work at once; 0 starts nothing.
        package var workers: Int
        /// How many of them may be one project's.
        package var workersPerProject: Int
        /// `bulk` gets one turn in this many while `interactive` has work, at least 2.
        package var bulkShare: Int

        package init(workers: Int, workersPerProject: Int = .max, bulkShare: Int = 8) {
            self.workers = workers
            self.workersPerProject = workersPerProject
            self.bulkShare = bulkShare
        }
    }

    struct State {
        /// Waiting rows in the store, as far as known; never too few.
        var waiting = 0
        /// Claimed and not started.
        var claimed = 0
        /// Started and not finished.
        var started = 0
        /// Started tasks that ask for a worker again.
        var resuming = 0
        var claim: ClaimUnderWay?
        /// A claim failed a moment ago.
        var isResting = false
        var arrivedWhileClaiming = 0
        /// What a task of this lane costs, on average: the estimate for the next.
        var cost = 2

        /// A claim that has not been answered.
        struct ClaimUnderWay {
            /// The lane whose turn it was, which pays for it.
            var turn: Lane
            /// Whether nobody else wanted that turn.
            var isAlone: Bool
        }

        var inHand: Int { claimed + started }
        /// Whether there is something that it could use a worker for.
        var isWanting: Bool { waiting > 0 || resuming > 0 }
        var isIdle: Bool { waiting == 0 && inHand == 0 && claim == nil }
    }

    /// What a project uses of the workers.
    struct Usage {
        /// Workers that work for it or are spoken for.
        var workers = 0
        /// Turns of its interactive lane since the last of its bulk lane, while that had work.
        var interactiveTurns = 0
    }

    /// How many tasks a claim takes at most.
    package static let batch = 32

    package internal(set) var limits: Limits
    /// How many tasks of a lane may be started and not finished: its head and those extracted behind it.
    let window: Int
    var lanes: [Lane: State] = [:]
    var projects: [ProjectNumber: Usage] = [:]
    var rotations: [TaskPriority: FairRotation] = [.interactive: FairRotation(), .bulk: FairRotation()]
    /// Lanes with claimed tasks, which have a worker each.
    var toStart: Deque<Lane> = []
    var interactiveTurns = 0
    var quarantine = Quarantine()
    var isHeld = false
    /// Workers in use: by tasks started and not yet extracted, and by what those left behind.
    package internal(set) var working = 0
    /// Workers that are spoken for: by tasks claimed and not started, or asked for.
    package internal(set) var reserved = 0
    /// Tasks claimed or asked for and not finished.
    var inHand = 0
    var claimsUnderWay = 0

    /// - Parameter window: a lane's head and at most 32 extracted successors.
    package init(_ limits: Limits, window: Int = 33) {
        self.limits = limits
        self.window = window
    }

    /// How many tasks wait in memory or in the store, as far as known. O(lanes).
    package var backlog: Int { lanes.values.reduce(0) { $0 + $1.waiting + $1.claimed } }
    /// Whether tasks are run one at a time, because one of them may end the process.
    package var isQuarantined: Bool { quarantine.isOpen }
}

// What happens to tasks.
extension LaneScheduler {
    package mutating func arrived(_ lane: Lane, count: Int = 1) {
        lanes[lane, default: State()].waiting += count
        if lanes[lane]?.claim != nil { lanes[lane]?.arrivedWhileClaiming += count }
        queue(lane)
    }

    /// The answer to an ``Order/claim(_:limit:)``: the costs of the tasks that it brought. Fewer than asked for means that nothing waits but what
    /// arrived meanwhile.
    package mutating func claimed(_ lane: Lane, asked: Int, costs: [Int]) {
        guard var state = lanes[lane], let claim = state.claim else { return }
        free(asked - costs.count, of: lane)
        claimsUnderWay -= 1
        state.claim = nil
        state.claimed += costs.count
        state.waiting = costs.count < asked ? state.arrivedWhileClaiming : max(state.waiting - costs.count, state.arrivedWhileClaiming)
        state.arrivedWhileClaiming = 0
        if !costs.isEmpty {
            let cost = costs.reduce(0, +)
            state.cost = max(1, (3 * state.cost + cost / costs.count) / 4)
            rotations[claim.turn.priority]?.charge(claim.turn, cost, isAlone: claim.isAlone)
            toStart.append(lane)
        }
        lanes[lane] = state
        queueProject(of: lane)
    }

    /// A claim failed; nothing was taken. The lane is looked at again with ``retry(_:)``.
    package mutating func claimFailed(_ lane: Lane, asked: Int) {
        free(asked, of: lane)
        claimsUnderWay -= 1
        lanes[lane]?.claim = nil
        lanes[lane]?.arrivedWhileClaiming = 0
        lanes[lane]?.isResting = true
        queueProject(of: lane)
    }

    package mutating func retry(_ lane: Lane) {
        lanes[lane]?.isResting = false
        queue(lane)
    }

    /// A claimed task was ended before it was started.
    package mutating func dropped(_ lane: Lane) {
        free(1, of: lane)
        lanes[lane]?.claimed -= 1
        queueProject(of: lane)
    }

    /// A started task no longer needs its worker: it has been extracted, or waits for something else than a worker.
    package mutating func leftWorker(_ lane: Lane) {
        working -= 1
        projects[lane.project]?.workers -= 1
        queueProject(of: lane)
    }

    /// A started task without a worker asks for one again; it goes before what is new in its lane.
    package mutating func resumed(_ lane: Lane) {
        lanes[lane]?.resuming += 1
        queue(lane)
    }

    /// A task that asked for a worker again has no use for it any more.
    package mutating func withdrew(_ lane: Lane) {
        lanes[lane]?.resuming -= 1
    }

    /// A started task has left; it must not have a worker any more.
    package mutating func finished(_ lane: Lane) {
        inHand -= 1
        lanes[lane]?.started -= 1
        queue(lane)
    }

    /// Changes the limits. What is in hand goes on, also where it is more than is allowed from now on. O(lanes).
    package mutating func reconfigure(_ limits: Limits) {
        self.limits = limits
        queueAll()
    }

    /// Takes nothing new for the time being; what is in hand goes on. O(lanes) when it is over.
    package mutating func hold(_ isHeld: Bool) {
        guard self.isHeld != isHeld else { return }
        self.isHeld = isHeld
        if !isHeld { queueAll() }
    }

    /// Runs one task at a time, and those of the suspects' lanes first, until all of them have ended.
    package mutating func quarantine(_ suspects: [Suspect]) {
        quarantine = Quarantine(suspects)
    }

    /// The task at this place of its lane was claimed.
    package mutating func reached(_ place: TaskNumber, in lane: Lane) {
        guard quarantine.isOpen else { return }
        quarantine.reached(place, in: lane)
        if !quarantine.isOpen { queueAll() }
    }

    /// A task has ended, whatever it was doing.
    package mutating func ended(_ task: TaskNumber, in lane: Lane) {
        guard quarantine.isOpen else { return }
        quarantine.ended(task, in: lane)
        if !quarantine.isOpen { queueAll() }
    }
}
