import Knowledge
import Persistence

extension LaneScheduler {
    /// What to do now; `nil` until something happens.
    package mutating func next() -> Order? {
        while let lane = toStart.first {
            guard let state = lanes[lane], state.claimed > 0 else {
                toStart.removeFirst()
                continue
            }
            lanes[lane]?.claimed -= 1
            lanes[lane]?.started += 1
            reserved -= 1
            working += 1
            return .start(lane)
        }
        guard working + reserved < limits.workers else { return nil }
        if quarantine.isOpen { return nextInQuarantine() }
        let bulkIsDue = interactiveTurns >= limits.bulkShare - 1
        for priority in bulkIsDue ? [TaskPriority.bulk, .interactive] : [.interactive, .bulk] {
            guard let order = turn(priority) else { continue }
            interactiveTurns = priority == .interactive ? interactiveTurns + 1 : 0
            return order
        }
        return nil
    }

    /// Lanes that are blocked leave the rotation here; they come back when that is over.
    private mutating func turn(_ priority: TaskPriority) -> Order? {
        while let lane = rotations[priority]?.next() {
            guard let state = lanes[lane], state.isWanting else {
                rotations[priority]?.rest(lane)
                continue
            }
            if let bulk = bulk(dueInTurnOf: lane), let order = act(bulk, turn: lane) { return order }
            if let order = act(lane, turn: lane) { return order }
        }
        return nil
    }

    /// Where a project has all workers that it may have, the rotations can't see to it that its own bulk lane gets a share of them.
    private func bulk(dueInTurnOf lane: Lane) -> Lane? {
        guard lane.priority == .interactive, projects[lane.project]?.interactiveTurns ?? 0 >= limits.bulkShare - 1 else { return nil }
        return Lane(project: lane.project, priority: .bulk)
    }

    /// - Parameter turn: the lane that pays.
    private mutating func act(_ lane: Lane, turn: Lane) -> Order? {
        guard let state = lanes[lane], canAct(lane, state) else { return nil }
        count(lane)
        if state.resuming > 0 {
            rotations[turn.priority]?.charge(turn, state.cost)
            return resume(lane, turn: turn)
        }
        let isAlone = claimsUnderWay == 0 && rotations.values.allSatisfy(\.isEmpty)
        let share = isAlone ? Self.batch : max(1, (rotations[turn.priority]?.balance(of: turn) ?? 0) / state.cost)
        let room = min(limits.workers - working - reserved, limits.workersPerProject - (projects[lane.project]?.workers ?? 0))
        // `waiting` is never too few, so a claim for fewer than the batch misses nothing.
        return claim(lane, limit: min(Self.batch, share, room, window - state.inHand, state.waiting), turn: turn, isAlone: isAlone)
    }

    private mutating func count(_ lane: Lane) {
        let bulk = Lane(project: lane.project, priority: .bulk)
        let isBounded = limits.workersPerProject < limits.workers && lane != bulk && lanes[bulk]?.isWanting ?? false
        projects[lane.project, default: Usage()].interactiveTurns += 1
        if !isBounded { projects[lane.project]?.interactiveTurns = 0 }
    }

    private mutating func claim(_ lane: Lane, limit: Int, turn: Lane, isAlone: Bool) -> Order {
        lanes[lane]?.claim = State.ClaimUnderWay(turn: turn, isAlone: isAlone)
        projects[lane.project, default: Usage()].workers += limit
        claimsUnderWay += 1
        reserved += limit
        inHand += limit
        return .claim(lane, limit: limit)
    }

    private mutating func resume(_ lane: Lane, turn: Lane) -> Order {
        lanes[lane]?.resuming -= 1
        projects[lane.project, default: Usage()].workers += 1
        working += 1
        queue(turn)
        return .resume(lane)
    }

    private mutating func nextInQuarantine() -> Order? {
        guard inHand == 0 else { return resumption() }
        while let lane = quarantine.lane {
            guard let state = lanes[lane], state.waiting > 0 else {
                quarantine.clear(lane)
                continue
            }
            return state.isResting || isHeld || !hasRoom(lane) ? nil : claim(lane, limit: 1, turn: lane, isAlone: true)
        }
        queueAll()
        return next()
    }

    /// Of those that ask for a worker again, the next.
    private mutating func resumption() -> Order? {
        for priority in TaskPriority.allCases {
            while let lane = rotations[priority]?.next() {
                if lanes[lane]?.resuming ?? 0 > 0, hasRoom(lane) { return resume(lane, turn: lane) }
            }
        }
        return nil
    }

    private func hasRoom(_ lane: Lane) -> Bool { limits.workersPerProject > projects[lane.project]?.workers ?? 0 }

    /// A lane whose window is full has no use for more.
    private func canAct(_ lane: Lane, _ state: State) -> Bool {
        guard hasRoom(lane) else { return false }
        return state.resuming > 0 || (state.waiting > 0 && state.claim == nil && !state.isResting && !isHeld && state.inHand < window)
    }

    mutating func queue(_ lane: Lane) {
        guard let state = lanes[lane] else { return }
        if canAct(lane, state) {
            rotations[lane.priority]?.want(lane)
        } else if !state.isWanting, state.claim == nil {
            rotations[lane.priority]?.rest(lane)
        }
        if state.isIdle {
            lanes[lane] = nil
            tidy(lane.project)
        }
    }

    /// A worker of the project is free again, or its last claim is over.
    mutating func queueProject(of lane: Lane) {
        for priority in TaskPriority.allCases { queue(Lane(project: lane.project, priority: priority)) }
        tidy(lane.project)
    }

    mutating func queueAll() {
        for lane in lanes.keys.sorted(by: { ($0.project, $0.priority.rawValue) < ($1.project, $1.priority.rawValue) }) { queue(lane) }
    }

    mutating func tidy(_ project: ProjectNumber) {
        guard projects[project]?.workers == 0 else { return }
        for priority in TaskPriority.allCases where lanes[Lane(project: project, priority: priority)] != nil { return }
        projects[project] = nil
    }

    mutating func free(_ count: Int, of lane: Lane) {
        reserved -= count
        inHand -= count
        projects[lane.project]?.workers -= count
    }
}
