import Knowledge
import Persistence

@testable import Actors

extension Simulation {
    mutating func enterGate(_ number: TaskNumber, _ lane: Lane) {
        if let admission = engine?.gate.admit(at: .milliseconds(events.now)) {
            engine?.hands[number]?.admission = admission
            call(number)
        } else {
            leaveWorker(number, lane)
            engine?.hands[number]?.phase = .atGate
            engine?.atGate.append(number)
        }
    }

    mutating func letThrough() {
        while let number = engine?.atGate.first, let admission = engine?.gate.admit(at: .milliseconds(events.now)) {
            engine?.atGate.removeFirst()
            engine?.hands[number]?.admission = admission
            regain(number)
        }
    }

    private mutating func regain(_ number: TaskNumber) {
        guard let lane = store.rows[number]?.arrival.lane, let turn = engine?.hands[number]?.turn else { return }
        engine?.hands[number]?.phase = .returning
        let line = engine?.returning[lane] ?? []
        let hands = engine?.hands ?? [:]
        let place = line.firstIndex { hands[$0]?.turn ?? 0 > turn } ?? line.endIndex
        engine?.returning[lane, default: []].insert(number, at: place)
        engine?.scheduler.resumed(lane)
    }

    private mutating func leaveWorker(_ number: TaskNumber, _ lane: Lane) {
        guard engine?.hands[number]?.hasWorker == true else { return }
        engine?.hands[number]?.hasWorker = false
        engine?.scheduler.leftWorker(lane)
    }

    /// Asks the extractor, and plans its answer.
    mutating func call(_ number: TaskNumber) {
        guard let row = store.rows[number], var hand = engine?.hands[number] else { return }
        check(row.status == .processing, "task \(number) runs although it is \(row.status)")
        hand.phase = .extracting
        hand.call += 1
        engine?.hands[number] = hand
        let (answer, duration) = answer(of: row)
        events.plan(.answered(boot: boots, number, call: hand.call, answer), at: now + duration)
    }

    private func answer(of row: SimulatedStore.Row) -> (Answer, after: Int) {
        if let refusal = plan.refusals.first(where: { $0.contains(now) }) {
            return (.failed(.rateLimited(retryAfter: now % 2 == 0 ? .milliseconds(refusal.upperBound - now) : nil)), 5)
        }
        // Interruptions cost attempts, too.
        let attempt = row.attempt - row.interruptions
        switch row.arrival.behaviour {
        case .fails(let times) where attempt <= times: return (.failed(.retryable), 20)
        case .hopeless: return (.failed(.permanent), 20)
        case .silent(let times) where attempt <= times: return watched(duration: .max, reports: .max)
        case .stuck(let times) where attempt <= times:
            let (_, after) = watched(duration: .max, reports: .max)
            return (.abandoned(.silent), after + 100)
        case .poison: return (.crash, 30)
        case .finds(let duration, let reports): return watched(duration: duration, reports: reports)
        case .fails, .silent, .stuck: return (.found, 25)
        }
    }

    /// What the real watchdog says of an extraction.
    private func watched(duration: Int, reports: Int) -> (Answer, after: Int) {
        var watchdog = Watchdog(plan.deadlines)
        var elapsed = 0
        while true {
            let next = reports == .max ? duration : min(duration, elapsed + reports)
            let deadline = Int(watchdog.nextDeadline / .milliseconds(1))
            if deadline <= next {
                return (.failed(watchdog.verdict(at: watchdog.nextDeadline)?.failure ?? .permanent), deadline)
            }
            guard next < duration else { return (.found, duration) }
            elapsed = next
            watchdog.heard(at: .milliseconds(elapsed))
        }
    }

    mutating func answered(_ number: TaskNumber, _ call: Int, _ answer: Answer) {
        guard let lane = store.rows[number]?.arrival.lane, let hand = engine?.hands[number], hand.call == call, hand.phase == .extracting
        else {
            return
        }
        switch answer {
        case .crash: crash()
        case .found:
            if let admission = hand.admission { engine?.gate.answered(admission) }
            engine?.hands[number]?.admission = nil
            leaveWorker(number, lane)
            engine?.hands[number]?.phase = .waitingForTurn
            let ready = engine?.turnstiles[lane, default: Turnstile()].arrive(number, turn: hand.turn) ?? []
            commit(ready)
            letThrough()
        case .failed(let failure): fail(number, lane, failure)
        case .abandoned(let failure):
            leaveStray(number, lane)
            fail(number, lane, failure)
        }
    }

    private mutating func leaveStray(_ number: TaskNumber, _ lane: Lane) {
        engine?.hands[number]?.hasWorker = false
        // One a lane: the event that ends it takes them all.
        if engine?.strays.contains(lane) == true { return engine?.scheduler.leftWorker(lane) ?? () }
        engine?.strays.append(lane)
        events.plan(.strayReturned(boot: boots, lane), at: now + .random(in: 1...5000, using: &random))
    }

    private mutating func fail(_ number: TaskNumber, _ lane: Lane, _ failure: FailureClass) {
        guard var hand = engine?.hands[number] else { return }
        var pause: Duration?
        if let group = failure.group {
            hand.failures[group, default: 0] += 1
            pause = plan.retry.pause(after: failure, failures: hand.failures[group, default: 0], random: &random)
        }
        let admission = hand.admission
        hand.admission = nil
        engine?.hands[number] = hand
        if let admission {
            switch failure {
            case .rateLimited:
                let until = Duration.milliseconds(events.now) + (pause ?? .seconds(1))
                engine?.gate.limited(admission, until: until)
                events.plan(.gateOpens(boot: boots), at: Int(until / .milliseconds(1)) + 1)
            case .timedOut, .silent: engine?.gate.withdrawn(admission, at: .milliseconds(events.now))
            case .retryable, .permanent: engine?.gate.answered(admission)
            }
        }
        if let pause {
            if case .rateLimited(let asked?) = failure { check(pause >= asked, "the provider's wish was undercut") }
            leaveWorker(number, lane)
            engine?.hands[number]?.phase = .pausing
            engine?.hands[number]?.isRetry = true
            events.plan(.pauseOver(boot: boots, number, call: hand.call), at: now + Int(pause / .milliseconds(1)) + 1)
        } else {
            let ended = store.end(number, as: .failed)
            check(ended, "task \(number) ended twice")
            leave(number, lane)
        }
        letThrough()
    }

    mutating func pauseOver(_ number: TaskNumber, _ call: Int) {
        guard let hand = engine?.hands[number], hand.call == call, hand.phase == .pausing else { return }
        engine?.hands[number]?.phase = .atGate
        engine?.atGate.append(number)
        letThrough()
    }

    private mutating func commit(_ ready: [TaskNumber]) {
        for number in ready {
            engine?.hands[number]?.phase = .committing
            let moment = max(engine?.lastCommit ?? 0, now + .random(in: 0...4, using: &random))
            engine?.lastCommit = moment
            events.plan(.committed(boot: boots, number), at: moment)
        }
    }

    mutating func committed(_ number: TaskNumber) {
        guard let lane = store.rows[number]?.arrival.lane, engine?.hands[number] != nil else { return }
        if store.end(number, as: .completed) {
            check(
                lastCommitted[lane].map { $0 < number } ?? true,
                "task \(number) was committed after \(lastCommitted[lane]?.description ?? "")")
            lastCommitted[lane] = number
        } else {
            check(store.rows[number]?.status == .cancelled, "task \(number) ended twice")
        }
        leave(number, lane)
    }

    /// A task leaves the engine.
    private mutating func leave(_ number: TaskNumber, _ lane: Lane) {
        guard let hand = engine?.hands[number] else { return }
        if let admission = hand.admission { engine?.gate.withdrawn(admission, at: .milliseconds(events.now)) }
        leaveWorker(number, lane)
        engine?.hands[number] = nil
        engine?.scheduler.ended(number, in: lane)
        engine?.scheduler.finished(lane)
        commit(engine?.turnstiles[lane, default: Turnstile()].pass(turn: hand.turn) ?? [])
        letThrough()
    }

    mutating func cancel(_ number: TaskNumber) {
        guard let lane = store.rows[number]?.arrival.lane, store.end(number, as: .cancelled), engine != nil else { return }
        guard let hand = engine?.hands[number] else {
            if let index = engine?.claimed[lane]?.firstIndex(of: number) {
                engine?.claimed[lane]?.remove(at: index)
                if engine?.claimed[lane]?.isEmpty == true { engine?.claimed[lane] = nil }
                engine?.scheduler.dropped(lane)
            }
            engine?.scheduler.ended(number, in: lane)
            return
        }
        switch hand.phase {
        case .atGate: engine?.atGate.removeAll { $0 == number }
        case .returning:
            engine?.returning[lane]?.removeAll { $0 == number }
            engine?.scheduler.withdrew(lane)
        case .extracting: if case .stuck = store.rows[number]?.arrival.behaviour { leaveStray(number, lane) }
        case .waitingForTurn: _ = engine?.turnstiles[lane]?.withdraw(turn: hand.turn)
        case .pausing: break
        case .committing: return  // Its commit will be refused.
        }
        leave(number, lane)
    }
}
