import DequeModule
import Knowledge
import Logging
package import Persistence
import ServiceLifecycle

/// Schedules tasks: claims them from the store lane by lane, runs each in a ``TaskActor`` within a bounded task group, and
/// hands back what a shutdown interrupts.
package actor IngestionSupervisor: Service {
    package struct Configuration: Sendable {
        package var tuning = Tuning()
        /// How long running tasks may go on after a shutdown was asked for.
        package var grace: Duration = .seconds(10)
        /// How often the progress of running tasks is written down.
        package var snapshotInterval: Duration = .milliseconds(250)

        package init() {}
    }

    private let configuration: Configuration
    package private(set) var tuning: Tuning
    var surroundings: TaskActor.Surroundings
    /// Follows the imports.
    package nonisolated let imports: ImportTracker
    let inbox = Inbox()
    var scheduler: LaneScheduler
    /// Tasks in hand that ask for a worker again.
    var returning = WorkerQueue()
    /// Extractions that were given up and have not returned.
    var strays = 0
    var projects: HotProjects
    /// Claimed and not started.
    var claims: [Lane: Deque<Claim>] = [:]
    var tasks: [Identifier: TaskActor] = [:]
    /// The lanes that are being claimed, each with the tasks that were cancelled meanwhile, at their revision then: the claim may have taken them
    /// already. One that was retried since has a higher revision.
    var claimsUnderWay: [Lane: [Identifier: Int64]] = [:]
    private var hasRecovered = false
    var isStopping = false
    private var waiter: CheckedContinuation<Void, Never>?

    package init(_ surroundings: TaskActor.Surroundings, configuration: Configuration = Configuration()) {
        let imports = ImportTracker(
            store: surroundings.store, hub: surroundings.hub, forecaster: surroundings.forecaster, time: surroundings.time,
            clock: surroundings.clock, logger: surroundings.logger)
        self.imports = imports
        self.configuration = configuration
        tuning = configuration.tuning
        scheduler = LaneScheduler(configuration.tuning.limits)
        var surroundings = surroundings
        surroundings.chores[.removeImported] = ImportRemoval(store: surroundings.store, imports: imports)
        surroundings.gate = ProviderGate(clock: surroundings.clock)
        surroundings.timer = DeadlineTimer(clock: surroundings.clock)
        surroundings.retry = configuration.tuning.retry
        surroundings.deadlines = configuration.tuning.deadlines
        surroundings.gate.onChange { [inbox] in inbox.wake() }
        surroundings.forecaster.setCapacity(configuration.tuning.capacity)
        self.surroundings = surroundings
        let (store, time, clock, logger) = (surroundings.store, surroundings.time, surroundings.clock, surroundings.logger)
        projects = HotProjects(limit: HotProjects.Limit()) {
            ProjectGraphActor(project: $0, store: store, time: time, clock: clock, logger: logger)
        }
    }

    /// Says that the store has accepted tasks of a lane. Does not wait.
    package nonisolated func accepted(_ lane: Lane, count: Int = 1) {
        inbox.add(lane, count: count)
    }

    /// How many tasks have an actor.
    var inHand: Int { tasks.count }

    /// Takes over what an earlier process left. To be called before anybody is shown a task; ``run()`` does it otherwise.
    package func recover() async throws {
        guard !hasRecovered else { return }
        hasRecovered = true
        let (store, time, logger) = (surroundings.store, surroundings.time, surroundings.logger)
        let recovery = try await store.recover(interruptionLimit: surroundings.retry.interruptionLimit, at: time.now())
        scheduler.quarantine(recovery.suspects)
        if recovery.resumed + recovery.failed > 0 {
            logger.info(
                "went on with tasks that the last process left behind",
                metadata: ["resumed": "\(recovery.resumed)", "failed": "\(recovery.failed)"])
        }
        if !recovery.suspects.isEmpty {
            logger.warning(
                "the process ended more than once while these tasks ran; they are run one at a time",
                metadata: ["tasks": "\(recovery.suspects.count)"])
        }
        try await imports.recover()
    }

    /// Changes what may change while tasks run. Those in hand go on as they began, also where they are more than is allowed from now on.
    package func reconfigure(_ tuning: Tuning) {
        self.tuning = tuning
        scheduler.reconfigure(tuning.limits)
        surroundings.forecaster.setCapacity(tuning.capacity)
        surroundings.retry = tuning.retry
        surroundings.deadlines = tuning.deadlines
        inbox.wake()
    }

    /// Runs tasks until a shutdown; returns when none runs any more.
    package func run() async throws {
        try await recover()
        for backlog in try await surroundings.store.backlog() { arrived(backlog.lane, count: backlog.count) }
        inbox.wake()
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { [keeper = progressKeeper] in await keeper.run() }
                group.addTask { await self.followImports() }
                await self.schedule(in: &group)
                await self.drain()
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.inbox.finish()
        }
        await giveBackClaims()
    }

    private var progressKeeper: ProgressKeeper {
        ProgressKeeper(
            store: surroundings.store, hub: surroundings.hub, interval: configuration.snapshotInterval, time: surroundings.time,
            clock: surroundings.clock, logger: surroundings.logger)
    }

    private func schedule(in group: inout DiscardingTaskGroup) async {
        for await _ in inbox.signals {
            act(in: &group)
        }
        isStopping = true
    }

    private func act(in group: inout DiscardingTaskGroup) {
        for (lane, count) in inbox.take() { arrived(lane, count: count) }
        scheduler.hold(!surroundings.gate.isAdmitting)
        while let order = scheduler.next() {
            switch order {
            case .claim(let lane, let limit):
                claimsUnderWay[lane] = [:]
                group.addTask { await self.claim(lane, limit: limit) }
            case .start(let lane):
                start(lane, in: &group)
            case .resume(let lane):
                returning.popFirst(of: lane)?.resume()
            }
        }
    }

    private func arrived(_ lane: Lane, count: Int) {
        scheduler.arrived(lane, count: count)
        surroundings.forecaster.arrived(lane, count: count)
    }

    private func claim(_ lane: Lane, limit: Int) async {
        do {
            let claimed = try await surroundings.store.claim(lane, limit: limit, at: surroundings.time.now())
            let cancelled = claimsUnderWay.removeValue(forKey: lane) ?? [:]
            let alive = claimed.filter { claim in
                claim.task.status == .processing && cancelled[claim.task.id].map { claim.task.revision > $0 } ?? true
            }
            for claim in claimed where claim.task.status.isTerminal {
                surroundings.hub.publish(TaskUpdate(stored: claim.task, epoch: surroundings.store.epoch))
                scheduler.ended(claim.task.number, in: lane)
            }
            if !alive.isEmpty { claims[lane, default: []].append(contentsOf: alive) }
            scheduler.claimed(lane, asked: limit, costs: claimed.map(\.cost))
            surroundings.forecaster.claimed(lane, asked: limit, received: claimed.count)
            for claim in claimed { scheduler.reached(claim.task.place, in: lane) }
            for _ in alive.count..<claimed.count { scheduler.dropped(lane) }
        } catch {
            surroundings.logger.error("tasks could not be claimed", metadata: ["project": "\(lane.project)", "error": "\(error)"])
            claimsUnderWay[lane] = nil
            scheduler.claimFailed(lane, asked: limit)
            Task { [clock = surroundings.clock] in
                try? await clock.sleep(for: .seconds(1))  // Never cancelled: nobody holds this task.
                self.retry(lane)
            }
        }
        inbox.wake()
    }

    private func retry(_ lane: Lane) {
        scheduler.retry(lane)
        inbox.wake()
    }

    private func start(_ lane: Lane, in group: inout DiscardingTaskGroup) {
        guard let claim = claims[lane]?.popFirst() else { return }
        if claims[lane]?.isEmpty == true { claims[lane] = nil }
        let (graph, turn) = projects.begin(lane)
        let task = TaskActor(claim, turn: turn, graph: graph, surroundings: surroundings)
        tasks[task.id] = task
        surroundings.forecaster.began(claim, at: surroundings.time.now())
        group.addTask { await self.run(task) }
    }

    private func run(_ task: TaskActor) async {
        let outcome = await task.run(at: self)
        // Unless another round of it has begun meanwhile.
        if tasks[task.id] === task {
            tasks[task.id] = nil
            surroundings.forecaster.left(task.id)
        }
        if case .interrupted(let guarding) = outcome {
            surroundings.hub.forget(task.id, revision: guarding.revision)
            await giveBack([guarding])
            // A task that is given back while the server goes on waits in its lane again.
            if !isStopping { arrived(task.lane, count: 1) }
        } else {
            scheduler.ended(task.number, in: task.lane)
        }
        projects.end(task.lane.project)
        scheduler.finished(task.lane)
        if isStopping { await stopWaitingIfNobodyWorks() }
        inbox.wake()
    }

    /// Waits until no task gets on, or the grace is over; then nothing more is committed.
    private func drain() async {
        if !tasks.isEmpty {
            let timer = Task { [clock = surroundings.clock, grace = configuration.grace] in
                try await clock.sleep(for: grace)
                self.stopWaiting()
            }
            // Begins once this waits.
            Task { await self.stopWaitingIfNobodyWorks() }
            await withCheckedContinuation { waiter = $0 }
            timer.cancel()
        }
        for graph in projects.graphs { await graph.close() }
    }

    func stopWaiting() {
        waiter?.resume()
        waiter = nil
    }

    private func giveBackClaims() async {
        let rest = claims.values.joined().map { TaskGuard($0.task) }
        claims = [:]
        await giveBack(rest)
    }

    private func giveBack(_ tasks: [TaskGuard]) async {
        guard !tasks.isEmpty else { return }
        do {
            try await surroundings.store.release(tasks)
        } catch {
            surroundings.logger.warning(
                "tasks could not be given back; the next start will find them", metadata: ["tasks": "\(tasks.count)", "error": "\(error)"])
        }
    }
}

extension Claim {
    /// What its turn costs: the size of what is to be read, in KB.
    var cost: Int { 1 + (work.episode?.content.utf8.count ?? 0) / 1024 }
}
