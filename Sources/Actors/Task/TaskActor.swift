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
        package var time = TimeSource.system
        package var clock: any Clock<Duration> = ContinuousClock()
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
        /// The run was interrupted; the task is still held and has to be given back.
        case interrupted
    }

    package nonisolated let id: Identifier
    package nonisolated let lane: Lane
    /// The import that the task belongs to.
    package nonisolated let parent: TaskNumber?
    private let work: TaskWork
    private let turn: Int
    private let graph: ProjectGraphActor
    private let surroundings: Surroundings
    private var state: TaskState
    /// What to cancel when the task is cancelled: its extraction, or its pause before another attempt.
    private var interruptible: (@Sendable () -> Void)?
    private var hasLeftWorker = false

    /// - Parameter turn: its place among the tasks of its lane, counted by the lane's owner.
    package init(_ claim: Claim, turn: Int, graph: ProjectGraphActor, surroundings: Surroundings) {
        id = claim.task.id
        lane = Lane(project: claim.task.project, priority: claim.task.priority)
        parent = claim.task.parent
        work = claim.work
        self.turn = turn
        self.graph = graph
        self.surroundings = surroundings
        state = TaskState(claimed: claim.task, epoch: surroundings.store.epoch)
    }

    package var guarding: TaskGuard { state.guarding }

    /// Runs the task to its end, or until the calling task is cancelled.
    /// - Parameter onExtracted: called exactly once: when the slow part is over and only the lane's order is waited for.
    package func run(onExtracted: @Sendable () async -> Void) async -> Outcome {
        var outcome: Outcome?
        while outcome == nil {
            show(state.begin(at: now))
            do {
                try await attempt(onExtracted: onExtracted)
                outcome = .ended
            } catch {
                outcome = await settle(error)
            }
        }
        await graph.pass(priority: lane.priority, turn: turn)
        await leaveWorker(onExtracted)
        return outcome ?? .ended
    }

    private func leaveWorker(_ onExtracted: @Sendable () async -> Void) async {
        guard !hasLeftWorker else { return }
        hasLeftWorker = true
        await onExtracted()
    }

    /// Somebody cancelled the task, which is stored already: stops its work and shows the end.
    /// - Returns: whether it had not ended before; if it had, the cancelled round is not this actor's.
    package func wasCancelled(_ stored: TaskRecord) -> Bool {
        guard let end = state.ended(stored: stored, at: stored.endedAt ?? now) else { return false }
        show(end)
        interruptible?()
        return true
    }

    /// The project was deleted, and the task with it: stops its work and shows whoever still watches that it is over.
    package func projectWasDeleted() {
        let stood = state.record
        let ending = TaskEnding(
            status: .cancelled, stage: stood.stage, progress: stood.progress, message: "Cancelled", timeline: stood.timeline, at: now)
        guard let end = state.ended(as: ending, at: now) else { return }
        show(end)
        interruptible?()
    }

    private var now: Timestamp { surroundings.time.now() }

    private func show(_ update: TaskUpdate?) {
        if let update { surroundings.hub.publish(update) }
    }

    private func attempt(onExtracted: @Sendable () async -> Void) async throws {
        switch work {
        case .episode(let episode, _) where state.record.type == .addEpisode: try await ingest(episode, onExtracted: onExtracted)
        default: try await doChore()
        }
    }

    /// What is not in the lane's order: the others don't wait for it.
    private func doChore() async throws {
        await graph.pass(priority: lane.priority, turn: turn)
        let task = state.record
        guard let chore = surroundings.chores[task.type] else {
            guard task.type != .addEpisode else { throw StoreError(.notFound, "The memory was deleted.") }
            throw ExtractionError("This server has nobody who does tasks of the type \(task.type.rawValue).", isRetryable: false)
        }
        let outcome = try await interruptibly { [graph] in
            try await chore.run(task, graph: graph) { await self.didReach($0) }
        }
        try Task.checkCancellation()
        let stage = Stage(name: Stage.completed.name, progress: 100, message: outcome.message)
        let ending = state.completion(stage: stage, result: outcome.result, at: now)
        _ = try await surroundings.store.end(state.guarding, ending)
        show(state.ended(as: ending, at: now))
    }

    private func didReach(_ stage: Stage) {
        show(state.enter(stage, at: now))
    }

    private func ingest(_ episode: Episode, onExtracted: @Sendable () async -> Void) async throws {
        guard let memory = state.record.memory else { throw StoreError(.notFound, "The memory was deleted.") }
        show(state.enter(.start, at: now))
        show(state.enter(.loadSchema(project: state.record.projectName), at: now))
        try await graph.loadSchema()
        show(state.enter(.extract, at: now))
        let extraction = try await extract(episode)
        await leaveWorker(onExtracted)
        let ending = try await graph.commit(extraction, happenedAt: episode.occurredAt, priority: lane.priority, turn: turn) { plan in
            await self.commit(plan, memory: memory)
        }
        show(state.ended(as: ending, at: now))
    }

    private func extract(_ episode: Episode) async throws -> Extraction {
        guard !state.hasEnded else { throw CancellationError() }
        return try await interruptibly { [surroundings] in
            try await surroundings.extractor.extract(episode) { done, total in
                await self.didExtract(done, of: total)
            }
        }
    }

    /// Runs work that ``wasCancelled(_:)`` can end, as the cancellation of the calling task does.
    private func interruptibly<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws -> Result {
        let task = Task(operation: work)
        interruptible = { task.cancel() }
        defer { interruptible = nil }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    private func didExtract(_ done: Int, of total: Int) {
        guard total > 1 else { return }
        show(state.enter(.extracting(done, of: total), at: now))
    }

    private func commit(_ plan: ProjectGraphActor.Plan, memory: MemoryNumber) -> EpisodeCommit? {
        guard !state.hasEnded else { return nil }
        show(state.enter(.syncSchema, at: plan.syncedSchemaAt))
        show(state.enter(.updateCommunities, at: plan.updatedCommunitiesAt))
        return EpisodeCommit(
            guarding: state.guarding, project: lane.project, memory: memory, delta: plan.delta,
            ending: state.completion(result: plan.delta.receipt.json, at: now))
    }

    /// Decides what an error means. `nil`: another attempt has been counted.
    private func settle(_ error: any Error) async -> Outcome? {
        if state.hasEnded { return .ended }
        if Task.isCancelled { return .interrupted }
        if let error = error as? StoreError {
            switch error.code {
            case .closed: return .interrupted
            case .lostRace, .notFound: return await concede()
            default: break
            }
        }
        let failure = error as? ExtractionError
        if failure?.isRetryable ?? (error is StoreError), state.failures + 1 < surroundings.retry.failureLimit {
            return await retry(because: String(describing: error))
        }
        if failure == nil {
            surroundings.logger.error("a task failed for a reason that was not foreseen", metadata: ["task": "\(id)", "error": "\(error)"])
        }
        return await fail(String(describing: error))
    }

    private func retry(because reason: String) async -> Outcome? {
        show(state.willRetry(reason, at: now))
        var random = SystemRandomNumberGenerator()
        do {
            let pause = surroundings.retry.pause(after: state.failures, random: &random)
            try await interruptibly { [surroundings] in try await surroundings.clock.sleep(for: pause) }
            if state.hasEnded { return .ended }
            state.claimedAgain(try await surroundings.store.claimAgain(state.guarding, at: now))
            return nil
        } catch {
            return await settle(error)
        }
    }

    private func fail(_ reason: String) async -> Outcome {
        await persist("a failed task could not be stored as such") { task in
            let ending = task.state.failure(reason, at: task.now)
            _ = try await task.surroundings.store.end(task.state.guarding, ending)
            task.show(task.state.ended(as: ending, at: task.now))
        }
    }

    /// Somebody else has ended the task: shows what the store says.
    private func concede() async -> Outcome {
        await persist("a task's end could not be read") { task in
            if let stored = try await task.surroundings.store.task(id: task.id), stored.status.isTerminal {
                task.show(task.state.ended(stored: stored, at: stored.endedAt ?? task.now))
            } else {
                task.surroundings.hub.forget(task.id, revision: task.state.record.revision)
            }
        }
    }

    /// Does what a task's end needs of the store, again and again while that fails: a disk that is full now will have room again, and until then
    /// the task is not over.
    private func persist(_ failure: Logger.Message, _ work: (isolated TaskActor) async throws -> Void) async -> Outcome {
        var pause = Duration.milliseconds(100)
        while true {
            do {
                try await work(self)
                return .ended
            } catch {
                switch (error as? StoreError)?.code {
                case .lostRace, .notFound: return await concede()
                case .closed: return .interrupted
                default: break
                }
                if Task.isCancelled { return state.hasEnded ? .ended : .interrupted }
                surroundings.logger.error(failure, metadata: ["task": "\(id)", "error": "\(error)"])
                let length = pause
                pause = min(.seconds(10), pause * 2)
                guard (try? await interruptibly { [surroundings] in try await surroundings.clock.sleep(for: length) }) != nil else {
                    return state.hasEnded ? .ended : .interrupted  // The sleep was cancelled, by one or the other.
                }
            }
        }
    }
}
