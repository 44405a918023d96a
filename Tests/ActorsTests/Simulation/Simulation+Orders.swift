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
        engine?.scheduler.hold(!isAdmitting)
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

    /// Counts whom a lane has overtaken; nobody is overtaken for longer than the rules of fairness allow.
    private mutating func granted(_ lane: Lane, _ count: Int) {
        guard let engine, !engine.scheduler.isQuarantined else {
            self.engine?.overtaken = [:]
            return
        }
        // Where there are thousands of lanes it is enough that all is done in the end.
        guard store.lanes.count <= 16 else { return }
        self.engine?.overtaken[lane] = nil
        let waiting = store.lanes.filter { !$0.value.isEmpty }
        // A round of all lanes, as often as pays for the largest task, and the share of the other priority.
        let rounds = 3 + plan.largestCost / FairRotation.quantum
        let allowed = (limits.bulkShare + 2) * max(2, waiting.count) * (FairRotation.quantum + 1) * rounds + 4 * limits.workers
        for other in waiting.keys where other != lane && engine.asked[other] == nil && !engine.resting.contains(other) {
            let isAtBound = engine.workersInUse(of: other.project, store) >= limits.workersPerProject
            guard !isAtBound || other.project == lane.project, engine.inHand(other, store) < plan.window else { continue }
            let overtaken = (self.engine?.overtaken[other] ?? 0) + count
            self.engine?.overtaken[other] = overtaken
            check(overtaken <= allowed, "\(other) is starved: \(overtaken) others went before it")
        }
    }

    mutating func claimAnswered(_ lane: Lane, _ limit: Int) {
        engine?.asked[lane] = nil
        if Int.random(in: 0..<25, using: &random) == 0 {
            engine?.scheduler.claimFailed(lane, asked: limit)
            engine?.resting.insert(lane)
            events.plan(.retryLane(boot: boots, lane), at: now + 1000)
            return
        }
        let numbers = store.claim(lane, limit: limit)
        if !numbers.isEmpty { engine?.claimed[lane, default: []].append(contentsOf: numbers) }
        engine?.scheduler.claimed(lane, asked: limit, costs: numbers.map { store.rows[$0]?.arrival.cost ?? 1 })
        for number in numbers { engine?.scheduler.reached(number, in: lane) }
    }
}
