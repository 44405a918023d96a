package import Knowledge
package import Logging
package import Persistence

/// One task in hand: the isolated owner of its progress, which runs it through the pipeline and shows every change.
package actor TaskActor {
    /// What every task of a process shares.
    package struct Surroundings: Sendable {
        package var store: any Store
        package var hub: ProgressHub
        package var extractor: any Extractor
        /// How tasks of other types than `add_episode` are done.
        package var chores: [TaskType: any Chore] = [:]
        package var retry = RetryPolicy()
        package var deadlines = Deadlines()
        /// Where extractions wait while the extractor's provider takes none.
        package var gate = ProviderGate()
        package var forecaster = Forecaster()
        /// Tells of extractions whose time is over.
        package var timer = DeadlineTimer()
        package var time = TimeSource.system
        package var clock: any Clock<Duration> = ContinuousClock()
        /// Where the jitter of pauses comes from.
        package var makeRandom: @Sendable () -> any RandomNumberGenerator = { SystemRandomNumberGenerator() }
        package var logger: Logger

        package init(store: any Store, hub: ProgressHub, extractor: any Extractor, logger: Logger) {
            self.store = store
            self.hub = hub
            self.extractor = extractor
            self.logger = logger
        }
    }

    /// How a run came to its end.
    package enum Outcome: Sendable, Equatable {
        /// The task has ended, and that is stored.
        case ended
        /// The run was interrupted; the task is still held, by this, and has to be given back.
        case interrupted(TaskGuard)
    }

    package nonisolated let id: Identifier
    package nonisolated let number: TaskNumber
    package nonisolated let lane: Lane
    /// The import that the task's memory came with.
    package nonisolated let parent: TaskNumber?
    /// Its place among the tasks of its lane.
    package nonisolated let turn: Int
    let graph: ProjectGraphActor
    let surroundings: Surroundings
    var state: TaskState
    /// What to cancel when the task is cancelled: its extraction, or what it waits for.
    var interruptible: (@Sendable () -> Void)?
    var hasWorker = true
    /// Whether it waits, without a worker, for its next attempt or for the extractor's provider.
    var isWaiting = false
    /// The others of its lane don't wait for it any more.
    private(set) var hasPassed = false
    /// Leave to ask the extractor's provider.
    var admission: RateGate.Admission?
    /// What has been paid for, in an earlier attempt or by an earlier process.
    var extraction: Extraction?
    /// The call of the extractor that is under way.
    var call: ExtractorCall?
    /// How often the extractor has been called.
    var calls = 0
    /// How often the store has failed it of late.
    var storeFailures = 0
    var storeFailedAt: Timestamp?
    private let work: TaskWork

    /// - Parameter turn: its place among the tasks of its lane, counted by the lane's owner.
    package init(_ claim: Claim, turn: Int, graph: ProjectGraphActor, surroundings: Surroundings) {
        id = claim.task.id
        number = claim.task.number
        lane = Lane(project: claim.task.project, priority: claim.task.priority)
        parent = claim.task.type == .addEpisode ? claim.task.parent : nil
        work = claim.work
        extraction = claim.checkpoint
        self.turn = turn
        self.graph = graph
        self.surroundings = surroundings
        state = TaskState(claimed: claim.task, epoch: surroundings.store.epoch)
    }

    /// Runs the task, which has a worker, to its end, or until the calling task is cancelled.
    /// - Parameter desk: is given the worker back while the task only waits, and before this returns.
    package func run(at desk: any WorkerDesk) async -> Outcome {
        var outcome: Outcome?
        var trouble: (any Error)?
        while outcome == nil {
            do {
                if let error = trouble.take() {
                    outcome = try await settle(error, at: desk)
                } else {
                    show(state.begin(at: now))
                    try await attempt(at: desk)
                    outcome = .ended
                }
            } catch {
                trouble = error
            }
        }
        withdrawAdmission()
        if !hasPassed { await graph.pass(priority: lane.priority, turn: turn) }
        await leaveWorker(desk)
        return outcome ?? .ended
    }

    /// Somebody cancelled the task, which is stored already: stops its work and shows the end.
    /// - Returns: whether that settles the matter: this round of the task was meant, or an earlier one. If it had ended before, the round that was
    ///   cancelled is not this actor's.
    package func wasCancelled(_ stored: TaskRecord) async -> Bool {
        // The news comes late: somebody has retried the task since.
        guard state.hasEnded || stored.revision > state.record.revision else { return true }
        guard let end = state.ended(stored: stored, at: stored.endedAt ?? now) else { return false }
        show(end)
        await stop()
        return true
    }

    /// The project was deleted, and the task with it: stops its work and shows whoever still watches that it is over.
    package func projectWasDeleted() async {
        let stood = state.record
        let ending = TaskEnding(
            status: .cancelled, stage: stood.stage, progress: stood.progress, message: "Cancelled", timeline: stood.timeline, at: now)
        guard let end = state.ended(as: ending) else { return }
        show(end)
        await stop()
    }

    /// Whatever it waits for, it waits no longer.
    private func stop() async {
        interruptible?()
        await graph.withdraw(priority: lane.priority, turn: turn)
    }

    var now: Timestamp { surroundings.time.now() }

    func show(_ update: TaskUpdate?) {
        guard let update else { return }
        surroundings.forecaster.note(update)
        surroundings.hub.publish(update) { [surroundings] in surroundings.forecaster.annotated($0, at: $0.occurredAt) }
    }

    func leaveWorker(_ desk: any WorkerDesk) async {
        guard hasWorker else { return }
        hasWorker = false
        await desk.leave(self)
    }

    /// Gives the worker back, and returns with one when what it waits for has come.
    func waiting(at desk: any WorkerDesk, for work: () async throws -> Void) async throws {
        isWaiting = true
        defer { isWaiting = false }
        if hasWorker { await leaveWorker(desk) } else { await desk.waits(self) }
        try await work()
        try await regainWorker(desk)
    }

    private func regainWorker(_ desk: any WorkerDesk) async throws {
        guard !hasWorker else { return }
        try await interruptibly { try await desk.regain(self) }
        hasWorker = true
        guard !state.hasEnded else { throw CancellationError() }
    }

    /// Runs what heeds cancellation, so that ``wasCancelled(_:)`` can end it, as the cancellation of the calling task does.
    /// - Throws: `CancellationError` also when the task has ended before.
    func interruptibly<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws -> Result {
        guard !state.hasEnded else { throw CancellationError() }
        let task = Task(operation: work)
        interruptible = { task.cancel() }
        defer { interruptible = nil }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    private func attempt(at desk: any WorkerDesk) async throws {
        switch work {
        case .episode(let episode, let version) where state.record.type == .addEpisode:
            try await ingest(episode, version: version, at: desk)
        default: try await doChore()
        }
    }

    /// What is not in the lane's order: the others don't wait for it.
    private func doChore() async throws {
        await graph.pass(priority: lane.priority, turn: turn)
        hasPassed = true
        let task = state.record
        guard let chore = surroundings.chores[task.type] else {
            guard task.type != .addEpisode else { throw StoreError(.notFound, "The memory was deleted.") }
            throw ExtractionError("This server has nobody who does tasks of the type \(task.type.rawValue).", .permanent)
        }
        let run = ChoreRun(task: task, graph: graph, report: { await self.didReach($0) }, ending: { await self.ending(of: $0) })
        let ending: TaskEnding
        switch try await interruptibly({ try await chore.run(run) }) {
        case .stored(let stored):
            ending = stored
        case .done(let outcome):
            try Task.checkCancellation()
            guard let end = self.ending(of: outcome) else { throw CancellationError() }
            _ = try await surroundings.store.end(end.guarding, end.ending)
            ending = end.ending
        }
        show(state.ended(as: ending))
    }

    private func ending(of outcome: ChoreOutcome) -> (guarding: TaskGuard, ending: TaskEnding)? {
        guard !state.hasEnded else { return nil }
        let stage = Stage(name: Stage.completed.name, progress: 100, message: outcome.message)
        return (state.guarding, state.completion(stage: stage, result: outcome.result, at: now))
    }

    private func didReach(_ stage: Stage) {
        show(state.enter(stage, at: now))
    }

    private func ingest(_ episode: Episode, version: Int, at desk: any WorkerDesk) async throws {
        guard let memory = state.record.memory else { throw StoreError(.notFound, "The memory was deleted.") }
        show(state.enter(.start, at: now))
        show(state.enter(.loadSchema(project: state.record.projectName), at: now))
        try await graph.loadSchema()
        show(state.enter(.extract, at: now))
        let extraction = try await extract(episode, version: version, at: desk)
        surroundings.forecaster.extracted(id, at: now)
        await leaveWorker(desk)
        let ending = try await graph.commit(
            extraction, happenedAt: episode.occurredAt, replacing: version > 1 ? memory : nil, priority: lane.priority, turn: turn
        ) { plan in
            await self.commit(plan, memory: memory)
        }
        hasPassed = true
        show(state.ended(as: ending))
    }

    private func commit(_ plan: ProjectGraphActor.Plan, memory: MemoryNumber) -> EpisodeCommit? {
        guard !state.hasEnded else { return nil }
        show(state.enter(.syncSchema, at: plan.syncedSchemaAt))
        show(state.enter(.updateCommunities, at: plan.updatedCommunitiesAt))
        return EpisodeCommit(
            guarding: state.guarding, project: lane.project, memory: memory, delta: plan.delta,
            ending: state.completion(result: plan.delta.receipt.json, at: now))
    }
}
