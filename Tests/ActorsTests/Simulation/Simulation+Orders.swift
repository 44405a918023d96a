import Knowledge
import Persistence

@testable import Actors

extension Simulation {
    /// Does what the scheduler says, and checks that it may say so.
    mutating func obey() {
        while let order = next() {
            switch order {
            case .claim(let lane, let limit): claim(lane, limit)
            case .start(let lane): start(lane)
            case .resume(let lane): resume(lane)
            }
            guard problems.list.isEmpty else { return }
        }
    }

    private mutating func next() -> LaneScheduler.Order? {
        guard let isAdmitting = engine?.gate.isAdmitting(at: .milliseconds(events.now)) else { return nil }
        isHeld = !isAdmitting
        engine?.scheduler.hold(isHeld)
        if isHeld { engine?.fairness.restart() }
        return engine?.scheduler.next()
    }

    private mutating func claim(_ lane: Lane, _ limit: Int) {
        guard let engine else { return }
        check(limit > 0, "a claim of none")
        check(engine.asked[lane] == nil, "\(lane) is claimed twice at once")
        check(!engine.resting.contains(lane), "\(lane) is claimed right after a claim has failed")
        check(engine.gate.isAdmitting(at: .milliseconds(events.now)), "a claim while the provider takes no requests")
        if engine.scheduler.isQuarantined {
            check(limit == 1 && engine.hands.isEmpty && engine.claimed.isEmpty && engine.asked.isEmpty, "not alone in quarantine")
        }
        self.engine?.asked[lane] = limit
        checkBounds(lane)
        check((self.engine?.inHand(lane, store) ?? 0) + limit <= plan.window, "the window of \(lane) is exceeded")
        granted(lane, limit)
        events.plan(.claimAnswered(boot: boots, lane, limit: limit), at: now + .random(in: 0...3, using: &random))
    }

    private mutating func start(_ lane: Lane) {
        guard let number = engine?.claimed[lane]?.first else { return note("a start of nothing in \(lane)") }
        engine?.claimed[lane]?.removeFirst()
        if engine?.claimed[lane]?.isEmpty == true { engine?.claimed[lane] = nil }
        let turn = engine?.turns[lane] ?? 0
        engine?.turns[lane] = turn + 1
        engine?.hands[number] = SimulatedEngine.Hand(turn: turn)
        enterGate(number, lane)
    }

    private mutating func resume(_ lane: Lane) {
        guard let number = engine?.returning[lane]?.first else { return note("nobody in \(lane) asked for a worker") }
        engine?.returning[lane]?.removeFirst()
        engine?.hands[number]?.hasWorker = true
        checkBounds(lane)
        granted(lane, 1)
        engine?.fairness.charge(lane, max(2, plan.largestCost), isBounded: limits.workersPerProject < limits.workers)
        if engine?.hands[number]?.isRetry == true { store.claimAgain(number) }
        engine?.hands[number]?.isRetry = false
        call(number)
    }

    private mutating func checkBounds(_ lane: Lane) {
        guard let engine else { return }
        let all = engine.workersInUse(of: nil, store)
        check(all <= limits.workers, "\(all) workers are in use of \(limits.workers)")
        let projects = engine.workersInUse(of: lane.project, store)
        check(
            projects <= limits.workersPerProject, "\(projects) workers are in use for a project that may have \(limits.workersPerProject)")
    }

    /// A lane has a turn: whoever could have used it was passed over.
    private mutating func granted(_ lane: Lane, _ count: Int) {
        guard let engine, !engine.scheduler.isQuarantined else {
            self.engine?.fairness.restart()
            return
        }
        let bulk = Lane(project: lane.project, priority: .bulk)
        let isBounded = limits.workersPerProject < limits.workers
        if lane != bulk, !wants(bulk) { self.engine?.fairness.bulkHasNothing(lane.project) }
        var others: [Lane] = []
        for other in watched where other != lane {
            let inUse = engine.workersInUse(of: other.project, store) - (other.project == lane.project ? count : 0)
            if inUse < limits.workersPerProject, couldUseAWorker(other, isBounded: isBounded) {
                others.append(other)
            } else {
                self.engine?.fairness.stopsWaiting(other)
            }
        }
        let problem = self.engine?.fairness.turn(of: lane, before: others, share: limits.bulkShare, isBounded: isBounded)
        if let problem { note(problem) }
        guard isBounded, lane == bulk || engine.workersInUse(of: lane.project, store) >= limits.workersPerProject else { return }
        // Its lanes have left the rotation, or the one has taken the turn of the other.
        for priority in TaskPriority.allCases { self.engine?.fairness.stopsWaiting(Lane(project: lane.project, priority: priority)) }
    }

    func wants(_ lane: Lane) -> Bool { store.lanes[lane]?.isEmpty == false || engine?.returning[lane]?.isEmpty == false }

    /// Whether the lane has a use for a worker, were there one that its project may have.
    private func couldUseAWorker(_ lane: Lane, isBounded: Bool) -> Bool {
        guard let engine else { return false }
        // The claim was perhaps made in its turn, and it is back when that is answered.
        if isBounded, lane.priority == .interactive, engine.asked[Lane(project: lane.project, priority: .bulk)] != nil { return false }
        if engine.returning[lane]?.isEmpty == false { return true }
        guard store.lanes[lane]?.isEmpty == false, engine.asked[lane] == nil, !engine.resting.contains(lane), !isHeld else { return false }
        return engine.inHand(lane, store) < plan.window
    }

    mutating func claimAnswered(_ lane: Lane, _ limit: Int) {
        engine?.asked[lane] = nil
        if Int.random(in: 0..<25, using: &random) == 0 {
            engine?.scheduler.claimFailed(lane, asked: limit)
            engine?.resting.insert(lane)
            engine?.fairness.gotNothing(lane)
            events.plan(.retryLane(boot: boots, lane), at: now + 1000)
            return
        }
        let numbers = store.claim(lane, limit: limit)
        if !numbers.isEmpty { engine?.claimed[lane, default: []].append(contentsOf: numbers) }
        let costs = numbers.map { store.rows[$0]?.arrival.cost ?? 1 }
        engine?.scheduler.claimed(lane, asked: limit, costs: costs)
        if numbers.isEmpty { engine?.fairness.gotNothing(lane) }
        engine?.fairness.charge(lane, costs.reduce(0, +), isBounded: limits.workersPerProject < limits.workers)
        for number in numbers { engine?.scheduler.reached(number, in: lane) }
    }
}
