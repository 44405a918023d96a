import Knowledge
import Logging
import Persistence

/// Nobody waits any longer for an extraction that was cancelled and does not return.
private struct Abandonment: Error {}

extension TaskActor {
    /// The task's extraction: what an earlier attempt has paid for, or what the extractor finds now.
    /// - Throws: ``ExtractionError``, `CancellationError`, also because the task was ended by somebody else.
    func extract(_ episode: Episode, version: Int, at desk: any WorkerDesk) async throws -> Extraction {
        if let extraction { return extraction }
        guard !state.hasEnded else { throw CancellationError() }
        try await passGate(desk)
        let found = try await callExtractor(episode, at: desk)
        if let admission { surroundings.gate.answered(admission) }
        admission = nil
        extraction = found
        if surroundings.extractor.isDear { try await keep(found, version: version) }
        return found
    }

    /// - Throws: ``StoreError``: `lostRace`, `closed`. A store that can't keep it now holds nobody up: the commit will wait for it.
    private func keep(_ extraction: Extraction, version: Int) async throws {
        do {
            try await surroundings.store.checkpoint(state.guarding, extraction, version: version)
        } catch let error as StoreError where error.code == .full || error.code == .unavailable {
            surroundings.logger.warning(
                "what an extractor found could not be kept; an end of the process would cost it",
                metadata: ["task": "\(id)", "error": "\(error)"])
        }
    }

    /// Whoever has to wait for the provider gives the worker back.
    private func passGate(_ desk: any WorkerDesk) async throws {
        guard admission == nil else { return }
        admission = surroundings.gate.admit()
        guard admission == nil else { return }
        show(state.enter(.awaitProvider, at: now))
        isWaiting = true
        defer { isWaiting = false }
        await leaveWorker(desk)
        try await awaitAdmission()
        try await regainWorker(desk)
        show(state.enter(.extract, at: now))
    }

    func awaitAdmission() async throws {
        guard admission == nil, !state.hasEnded else { return }
        admission = try await interruptibly { [surroundings] in try await surroundings.gate.wait() }
    }

    /// Whoever holds the others up at the gate says what came of its request.
    func giveBackAdmission(after failure: FailureClass, pause: Duration?) {
        guard let admission else { return }
        self.admission = nil
        switch failure {
        case .rateLimited(let retryAfter):
            surroundings.gate.limited(admission, for: pause ?? retryAfter ?? surroundings.retry.rateLimited.longest)
        case .timedOut, .silent: surroundings.gate.withdrawn(admission)
        case .retryable, .permanent: surroundings.gate.answered(admission)
        }
    }

    func withdrawAdmission() {
        if let admission { surroundings.gate.withdrawn(admission) }
        admission = nil
    }

    /// Calls the extractor, and waits for it no longer than it may take and its grace.
    private func callExtractor(_ episode: Episode, at desk: any WorkerDesk) async throws -> Extraction {
        let race = Race<Extraction>()
        let stopwatch = Stopwatch(surroundings.clock)
        watchdog = Watchdog(surroundings.deadlines)
        verdict = nil
        let work: @Sendable () async -> Void = { [surroundings, lane] in
            let result: Result<Extraction, any Error>
            do {
                let found = try await surroundings.extractor.extract(episode) { done, total in
                    await self.didExtract(done, of: total, at: stopwatch.elapsed())
                }
                result = .success(found)
            } catch {
                result = .failure(error)
            }
            if !race.win(result) { await desk.strayReturned(lane) }
        }
        let call = Task(operation: work)
        let abandon: @Sendable () async -> Void = { [surroundings] in
            call.cancel()
            try? await surroundings.clock.sleep(for: surroundings.deadlines.grace)  // Never cancelled: whoever calls this holds no task.
            race.win(.failure(Abandonment()))
        }
        let watch = Task { await self.watch(stopwatch, abandon: abandon) }
        interruptible = { Task(operation: abandon) }
        defer {
            interruptible = nil
            watchdog = nil
            watch.cancel()
        }
        do {
            return try await withTaskCancellationHandler {
                try await race.value()
            } onCancel: {
                Task(operation: abandon)
            }
        } catch is Abandonment {
            hasWorker = false
            await desk.leaveStray(self)
            throw verdict ?? CancellationError()
        } catch is CancellationError {
            throw verdict ?? CancellationError()
        }
    }

    private func watch(_ stopwatch: Stopwatch, abandon: @Sendable () async -> Void) async {
        while let watchdog {
            let now = stopwatch.elapsed()
            verdict = watchdog.verdict(at: now)
            guard verdict == nil else { break }
            let rest = watchdog.nextDeadline - now
            guard (try? await surroundings.clock.sleep(for: rest)) != nil else { return }  // Cancelled: the extraction is over.
        }
        guard verdict != nil else { return }
        await abandon()
    }

    private func didExtract(_ done: Int, of total: Int, at moment: Duration) {
        guard watchdog != nil else { return }
        watchdog?.heard(at: moment)
        guard total > 1 else { return }
        surroundings.forecaster.reported(done, of: total, id, at: now)
        show(state.enter(.extracting(done, of: total), at: now))
    }
}
