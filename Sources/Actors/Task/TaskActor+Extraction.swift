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
        try await waiting(at: desk) { try await awaitAdmission() }
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
        let timer = surroundings.timer
        let watchdog = Watchdog(surroundings.deadlines, at: timer.now)
        calls += 1
        call = ExtractorCall(number: calls, watchdog: watchdog)
        let work: @Sendable () async -> Void = { [surroundings, lane, calls] in
            let result: Result<Extraction, any Error>
            do {
                let found = try await surroundings.extractor.extract(episode) { done, total in
                    await self.didExtract(done, of: total, inCall: calls, at: timer.now)
                }
                result = .success(found)
            } catch {
                result = .failure(error)
            }
            if !race.win(result) { await desk.strayReturned(lane) }
        }
        let request = Task(operation: work)
        let abandon: @Sendable () -> Void = { [surroundings] in
            request.cancel()
            Task {
                try? await surroundings.clock.sleep(for: surroundings.deadlines.grace)  // Never cancelled: nobody holds this task.
                race.win(.failure(Abandonment()))
            }
        }
        setDeadline(at: watchdog.nextDeadline, ofCall: calls, abandon: abandon)
        interruptible = abandon
        defer {
            interruptible = nil
            if let deadline = call?.deadline { timer.callOff(deadline) }
            call = nil
        }
        do {
            return try await withTaskCancellationHandler {
                try await race.value()
            } onCancel: {
                abandon()
            }
        } catch is Abandonment {
            hasWorker = false
            await desk.leaveStray(self)
            throw call?.verdict ?? CancellationError()
        } catch {
            // Whatever it makes of its cancellation.
            throw call?.verdict ?? error
        }
    }

    private func setDeadline(at moment: Duration, ofCall number: Int, abandon: @escaping @Sendable () -> Void) {
        call?.deadline = surroundings.timer.set(at: moment) { [weak self] in
            Task { await self?.deadlineCame(ofCall: number, abandon: abandon) }
        }
    }

    /// Something may have been heard of the extraction since the deadline was set: then there is another.
    private func deadlineCame(ofCall number: Int, abandon: @escaping @Sendable () -> Void) {
        guard let call, call.number == number else { return }  // That extraction is over.
        let verdict = call.watchdog.verdict(at: surroundings.timer.now)
        self.call?.verdict = verdict
        guard verdict != nil else { return setDeadline(at: call.watchdog.nextDeadline, ofCall: number, abandon: abandon) }
        abandon()
    }

    /// One that was given up may go on reporting.
    private func didExtract(_ done: Int, of total: Int, inCall number: Int, at moment: Duration) {
        guard call?.number == number else { return }
        call?.watchdog.heard(at: moment)
        guard total > 1 else { return }
        surroundings.forecaster.reported(done, of: total, id, at: now)
        show(state.enter(.extracting(done, of: total), at: now))
    }
}
