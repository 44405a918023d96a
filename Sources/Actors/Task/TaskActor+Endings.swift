import Knowledge
import Logging
import Persistence

extension TaskActor {
    /// Decides what an error means. `nil`: another attempt has been counted.
    /// - Throws: what went wrong while another attempt was waited for.
    func settle(_ error: any Error, at desk: any WorkerDesk) async throws -> Outcome? {
        guard !state.hasEnded, !Task.isCancelled else {
            withdrawAdmission()
            return state.hasEnded ? .ended : .interrupted(state.guarding)
        }
        let failure: FailureClass
        switch error {
        case let error as StoreError:
            switch error.code {
            case .closed: return .interrupted(state.guarding)
            case .lostRace, .notFound: return await concede()
            case .full, .unavailable: return try await awaitStore(error, at: desk)
            case .unreadable: failure = .permanent
            default: failure = .retryable
            }
        case let error as ExtractionError:
            failure = error.failure
        default:
            failure = .permanent
            surroundings.logger.error("a task failed for a reason that was not foreseen", metadata: ["task": "\(id)", "error": "\(error)"])
        }
        var random = surroundings.makeRandom()
        let pause = failure.group.flatMap {
            surroundings.retry.pause(after: failure, failures: state.count($0), random: &random)
        }
        giveBackAdmission(after: failure, pause: pause)
        let reason = String(describing: error)
        guard let pause else { return await fail(reason) }
        return try await retry(after: pause, because: reason, at: desk)
    }

    /// The store could not read or write, which is not the task's fault: it waits for as long as that lasts. A disk that is full now will have room
    /// again.
    private func awaitStore(_ error: StoreError, at desk: any WorkerDesk) async throws -> Outcome? {
        withdrawAdmission()
        surroundings.logger.error("a task waits for the store", metadata: ["task": "\(id)", "error": "\(error)"])
        if let storeFailedAt, storeFailedAt.seconds(until: now) > Self.storeTrouble { storeFailures = 0 }
        storeFailedAt = now
        storeFailures += 1
        let pause = min(.seconds(10), Duration.milliseconds(100) * (1 << min(7, storeFailures - 1)))
        return try await retry(after: pause, because: error.message, at: desk)
    }

    /// When the store has not failed a task for so many seconds, that trouble is over.
    private static let storeTrouble = 60.0

    /// Waits without a worker; the attempt is counted when there is nothing left to wait for.
    private func retry(after pause: Duration, because reason: String, at desk: any WorkerDesk) async throws -> Outcome? {
        show(state.willRetry(reason, at: now))
        try await waiting(at: desk) {
            try await interruptibly { [surroundings] in try await surroundings.clock.sleep(for: pause) }
            if state.record.type == .addEpisode, extraction == nil { try await awaitAdmission() }
        }
        state.claimedAgain(try await surroundings.store.claimAgain(state.guarding, at: now))
        return nil
    }

    private func fail(_ reason: String) async -> Outcome {
        await persist("a failed task could not be stored as such") { task in
            let ending = task.state.failure(reason, at: task.now)
            _ = try await task.surroundings.store.end(task.state.guarding, ending)
            task.show(task.state.ended(as: ending))
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
                case .closed: return .interrupted(state.guarding)
                default: break
                }
                if Task.isCancelled { return state.hasEnded ? .ended : .interrupted(state.guarding) }
                surroundings.logger.error(failure, metadata: ["task": "\(id)", "error": "\(error)"])
                let length = pause
                pause = min(.seconds(10), pause * 2)
                guard (try? await interruptibly { [surroundings] in try await surroundings.clock.sleep(for: length) }) != nil else {
                    return state.hasEnded ? .ended : .interrupted(state.guarding)  // The sleep was cancelled, by one or the other.
                }
            }
        }
    }
}
