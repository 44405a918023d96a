import Knowledge
import Persistence

@testable import Actors

/// Runs a ``SimulationPlan`` with a virtual clock (in milliseconds): plays store, extractors and provider against the real scheduler, gate,
/// turnstiles, watchdog and retry policy, and notes whatever must not be.
struct Simulation {
    enum Event {
        case arrive(Int)
        case cancel(TaskNumber)
        case kill
        case restart
        case boot(isOrderly: Bool)
        case reconfigure(LaneScheduler.Limits)
        case claimAnswered(boot: Int, Lane, limit: Int)
        case retryLane(boot: Int, Lane)
        case answered(boot: Int, TaskNumber, call: Int, Answer)
        case pauseOver(boot: Int, TaskNumber, call: Int)
        case gateOpens(boot: Int)
        case committed(boot: Int, TaskNumber)
        case strayReturned(boot: Int, Lane)
    }

    enum Answer {
        case found
        case failed(FailureClass)
        /// Its time was over, and it did not return.
        case abandoned(FailureClass)
        case crash
    }

    let plan: SimulationPlan
    var random: SplitMix64
    var events = EventQueue<Event>()
    var store = SimulatedStore()
    var engine: SimulatedEngine?
    var limits: LaneScheduler.Limits
    /// Whether nothing new may be taken.
    var isHeld = false
    var boots = 0
    var lastCommitted: [Lane: TaskNumber] = [:]
    /// Whose waiting is watched: all lanes, or these of thousands.
    let watched: [Lane]
    /// What must not be; shared by copies, so that a check may look at the rest.
    let problems = Problems()

    final class Problems {
        var list: [String] = []
    }

    init(_ plan: SimulationPlan) {
        self.plan = plan
        random = SplitMix64(seed: plan.seed &+ 1)
        limits = plan.limits
        watched = plan.lanes(atMost: 32)
        for index in plan.arrivals.indices { events.plan(.arrive(index), at: plan.arrivals[index].at) }
        for moment in plan.kills { events.plan(.kill, at: moment) }
        for moment in plan.restarts { events.plan(.restart, at: moment) }
        for change in plan.reconfigurations { events.plan(.reconfigure(change.limits), at: change.at) }
        events.plan(.boot(isOrderly: true), at: 0)
    }

    var now: Int { events.now }

    func note(_ problem: String) {
        if problems.list.count < 5 { problems.list.append("\(now) ms: \(problem)") }
    }

    func check(_ holds: Bool, _ problem: @autoclosure () -> String) {
        if !holds { note(problem()) }
    }

    mutating func run() {
        var steps = 0
        while let event = events.next(), problems.list.isEmpty {
            happen(event)
            obey()
            steps += 1
            check(steps < 2_000_000, "it does not come to an end")
        }
        guard problems.list.isEmpty else { return }
        for (number, row) in store.rows where !row.status.isTerminal { note("task \(number) was lost: it is \(row.status)") }
        guard let engine else { return note("it is not running") }
        check(engine.hands.isEmpty, "tasks are left in hand: \(engine.hands)")
        check(
            engine.scheduler.backlog == 0 && engine.scheduler.working == 0 && engine.scheduler.reserved == 0,
            "the scheduler holds something")
        check(!engine.scheduler.isQuarantined, "the quarantine was never lifted")
        for (number, row) in store.rows {
            if case .poison = row.arrival.behaviour { continue }
            check(row.status != .interrupted, "task \(number) was blamed for what another did")
        }
    }

    private mutating func happen(_ event: Event) {
        switch event {
        case .arrive(let index): arrive(plan.arrivals[index])
        case .cancel(let number): cancel(number)
        case .kill: stop(isOrderly: false)
        case .restart: stop(isOrderly: true)
        case .boot(let isOrderly): boot(isOrderly: isOrderly)
        case .reconfigure(let new):
            limits = new
            engine?.scheduler.reconfigure(new)
        case .claimAnswered(boots, let lane, let limit): claimAnswered(lane, limit)
        case .retryLane(boots, let lane):
            engine?.resting.remove(lane)
            engine?.scheduler.retry(lane)
        case .answered(boots, let number, let call, let answer): answered(number, call, answer)
        case .pauseOver(boots, let number, let call): pauseOver(number, call)
        case .gateOpens(boots): letThrough()
        case .committed(boots, let number): committed(number)
        case .strayReturned(boots, let lane):
            engine?.strays.removeAll { $0 == lane }
            engine?.scheduler.leftWorker(lane)
        default: break  // Of a process that has ended.
        }
    }

    private mutating func arrive(_ arrival: SimulationPlan.Arrival) {
        let bulk = Lane(project: arrival.lane.project, priority: .bulk)
        if !wants(bulk) { engine?.fairness.bulkHasNothing(bulk.project) }
        let number = store.accept(arrival)
        engine?.scheduler.arrived(arrival.lane)
        if let moment = arrival.cancelledAt { events.plan(.cancel(number), at: moment) }
    }

    private mutating func stop(isOrderly: Bool) {
        guard engine != nil else { return }
        engine = nil
        boots += 1
        events.plan(.boot(isOrderly: isOrderly), at: now + 10)
    }

    private mutating func boot(isOrderly: Bool) {
        guard engine == nil else { return }
        var new = SimulatedEngine(boot: boots, limits: limits, window: plan.window)
        new.scheduler.quarantine(store.recover(isOrderly: isOrderly, limit: plan.retry.interruptionLimit))
        for (lane, waiting) in store.lanes.sorted(by: {
            ($0.key.project, $0.key.priority.rawValue) < ($1.key.project, $1.key.priority.rawValue)
        })
        where !waiting.isEmpty {
            new.scheduler.arrived(lane, count: waiting.count)
        }
        engine = new
    }

    /// The process ends by a task's doing.
    mutating func crash() {
        if let engine, engine.scheduler.isQuarantined {
            let held = engine.hands.count + engine.claimed.values.reduce(0) { $0 + $1.count } + engine.asked.values.reduce(0, +)
            check(held == 1, "a crash in quarantine counts against \(held) tasks")
        }
        stop(isOrderly: false)
    }
}
