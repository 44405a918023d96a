package import Knowledge
package import Logging
package import Persistence

/// Follows every import that is not over: shows how it stands, at most four times a second, ends it when all it made has ended, and after a cancel
/// cancels what has not. It alone publishes anything of an import's task.
///
/// All it knows it reads from the store, whose counts are exact, so that it can begin anywhere: what it is told is only where to look.
package actor ImportTracker {
    /// How long an import may wait for its next upload, in seconds.
    package static let patience: Int64 = 24 * 3600

    private static let interval: Duration = .milliseconds(250)
    /// How often every import is looked at, told or not.
    private static let round: Duration = .seconds(60)

    private struct Entry {
        /// Tells it from an entry that the same import had before it was retried.
        let number: Int
        /// `nil` while it is being made or opened again: what the store says of it until then is of an earlier time.
        var state: ImportState?
        var isUploading = false
        /// While it is held the import does not end, though all its children have.
        var isHeld = false
    }

    private let store: any Store
    private let hub: ProgressHub
    private let forecaster: Forecaster
    private let time: TimeSource
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let cancels: ImportCancels
    private var entries: [Identifier: Entry] = [:]
    private var lastEntry = 0

    package init(
        store: any Store, hub: ProgressHub, forecaster: Forecaster = Forecaster(), time: TimeSource, clock: any Clock<Duration>,
        logger: Logger
    ) {
        self.store = store
        self.hub = hub
        self.forecaster = forecaster
        self.time = time
        self.clock = clock
        self.logger = logger
        cancels = ImportCancels(store: store, time: time, clock: clock, logger: logger)
    }

    /// Takes over what an earlier process left; an upload that can't go on is closed. To be called before anybody is shown a task.
    package func recover() async throws {
        for found in try await store.unfinishedImports() {
            var record = found
            if record.state == .open, !record.isResumable {
                record = try await store.closeImport(record.task.number, fault: Self.cut(record, "the server ended"), at: time.now())
            }
            guard record.task.status == .processing else {
                cancels.add(record.task.number)
                continue
            }
            follow(record, as: enter(record.task.id))
        }
    }

    /// Makes room for an import that is not followed. Returns the number of its entry.
    private func enter(_ id: Identifier, isHeld: Bool = false) -> Int {
        lastEntry += 1
        entries[id] = Entry(number: lastEntry, isHeld: isHeld)
        return lastEntry
    }

    private func leave(_ id: Identifier, entry: Int) {
        if entries[id]?.number == entry { entries[id] = nil }
    }

    /// What an import says that gets no more of its file.
    package static func cut(_ record: ImportRecord, _ reason: String) -> String {
        """
        The upload was cut off after line \(record.mark.lines.grouped) because \(reason). What came before is kept; send the file again to go on, \
        lines whose external_id is known are not taken twice.
        """
    }

    /// Shows an import from now on, unless its entry has gone meanwhile: somebody may have cancelled it already.
    private func follow(_ record: ImportRecord, as entry: Int) {
        guard entries[record.task.id]?.number == entry else { return }
        var state = ImportState(record, epoch: store.epoch)
        let update = state.update(record, at: time.now())
        entries[record.task.id]?.state = state
        forecaster.follow(record)
        hub.publish(annotated(update ?? TaskUpdate(stored: record.task, epoch: store.epoch)))
        hub.families.say(record.task.id)
    }

    /// Adds when the import will be over.
    private func annotated(_ update: TaskUpdate) -> TaskUpdate { forecaster.annotated(update, at: update.occurredAt) }

    /// Makes an import, or finds the one that the same idempotency key has made.
    /// - Throws: what ``ImportStore/beginImport(_:)`` throws.
    package func begin(_ submission: ImportSubmission) async throws -> ImportRecord {
        let entry = enter(submission.id)
        do {
            let record = try await store.beginImport(submission)
            if record.task.id == submission.id { follow(record, as: entry) } else { leave(submission.id, entry: entry) }
            return record
        } catch {
            leave(submission.id, entry: entry)
            throw error
        }
    }

    /// Takes the place of the one who uploads an import's file; ``endUpload(of:)`` gives it back.
    /// - Returns: whether it was free.
    package func beginUpload(of id: Identifier) -> Bool {
        // What is not followed is over, and takes nothing.
        guard entries[id] != nil else { return true }
        guard entries[id]?.isUploading == false else { return false }
        entries[id]?.isUploading = true
        return true
    }

    package func endUpload(of id: Identifier) {
        entries[id]?.isUploading = false
        hub.families.say(id)
    }

    /// Cancels an import: durably, then before the eyes of whoever watches; its children are cancelled from then on.
    /// - Returns: `nil` when it is not one that is followed.
    package func cancel(_ id: Identifier) async throws -> (task: TaskRecord, didCancel: Bool)? {
        guard entries[id] != nil else { return nil }
        // The ends of the children that run are to show what has been shown of them.
        let running = hub.running(under: id)
        if !running.isEmpty { try await store.snapshot(running.map(ProgressSnapshot.init)) }
        let cancellation = try await store.cancel(id: id, at: time.now())
        if cancellation.didCancel { ended(cancellation.task) }
        for child in cancellation.children { await cancels.didCancel(child) }
        return (cancellation.task, cancellation.didCancel)
    }

    /// Lets go of the imports of a project that was deleted, and shows whoever still watches that they are over.
    package func forget(_ project: ProjectNumber) {
        for (id, entry) in entries {
            guard var task = entry.state?.record.task, task.project == project else { continue }
            entries[id] = nil
            forecaster.unfollow(id)
            task.status = .cancelled
            task.message = "Cancelled"
            task.revision += 1
            task.endedEpoch = store.epoch
            task.endedAt = time.now()
            hub.publish(TaskUpdate(stored: task, epoch: store.epoch))
        }
    }

    /// Somebody has ended the import.
    private func ended(_ task: TaskRecord) {
        guard entries.removeValue(forKey: task.id) != nil else { return }
        forecaster.unfollow(task.id)
        hub.publish(TaskUpdate(stored: task, epoch: store.epoch))
        if task.status == .cancelled { cancels.add(task.number) }
    }

    /// Tries the children again that failed, and if the import was cancelled, those that were cancelled with it. The import is processing again at once;
    /// the children follow bit by bit: what a crash leaves of them, before this has returned, fails it again.
    /// - Parameter retryAll: tries tasks again that are selected.
    /// - Throws: ``StoreError``: `notFound`, `notRetryable`.
    package func retry(
        _ id: Identifier, retryAll: @escaping @Sendable (RetrySelection) async throws -> Void
    ) async throws -> TaskRecord {
        guard entries[id] == nil else { throw StoreError(.notRetryable, "The import has not ended.") }
        let entry = enter(id, isHeld: true)
        let record: ImportRecord
        let statuses: [TaskStatus]
        do {
            (record, statuses) = try await store.reopenImport(id, at: time.now())
        } catch {
            leave(id, entry: entry)
            throw error
        }
        follow(record, as: entry)
        // What is acknowledged is durable: that all of them are tried again.
        defer { release(id, entry: entry) }
        for status in statuses {
            try await retryAll(RetrySelection(project: record.task.project, status: status, parent: record.task.number))
        }
        return hub.running(id)?.task ?? record.task
    }

    private func release(_ id: Identifier, entry: Int) {
        guard entries[id]?.number == entry else { return }
        entries[id]?.isHeld = false
        hub.families.say(id)
    }

    /// Shows the end of a task that was stored elsewhere, and stops it.
    func didCancel(_ task: TaskRecord) async {
        await cancels.didCancel(task)
    }

    /// Keeps imports up to date until the calling task is cancelled.
    package func run(didCancel: @escaping ImportCancels.Listener) async {
        cancels.begin(didCancel)
        let rounds = Task { await self.goRound() }
        defer { rounds.cancel() }
        for await _ in hub.families.changes {
            for id in hub.families.take() { await look(at: id) }
            guard (try? await clock.sleep(for: Self.interval)) != nil else { return }  // Ends with the task.
        }
    }

    /// Looks at every import now and then, and closes those that wait in vain.
    private func goRound() async {
        while (try? await clock.sleep(for: Self.round)) != nil {  // Ends with the task.
            await closeAbandoned()
            for id in entries.keys { hub.families.say(id) }
        }
    }

    /// Closes the imports whose file has not gone on for a day, and those of one step that nobody uploads any more.
    package func closeAbandoned() async {
        for id in Array(entries.keys) {
            guard let record = entries[id]?.state?.record, abandonment(of: record) != nil, beginUpload(of: id) else { continue }
            // Nobody else uploads meanwhile; what came since the last look counts.
            await close(id) { abandonment(of: $0) }
            endUpload(of: id)
        }
    }

    /// Why nothing more of an open import's file will come, if nobody uploads it now.
    private func abandonment(of record: ImportRecord) -> String? {
        guard record.state == .open else { return nil }
        if record.changedAt < time.now().advanced(bySeconds: -Self.patience) { return "nothing more came for a day" }
        return !record.isResumable && record.changedAt < time.now().advanced(bySeconds: -60) ? "its upload ended" : nil
    }

    /// Closes an import whose file will not go on, even when the calling task is cancelled: that may be why it will not.
    package func close(_ id: Identifier, because reason: String) async {
        await Task { await close(id) { _ in reason } }.value
    }

    private func close(_ id: Identifier, because reason: (ImportRecord) -> String?) async {
        do {
            guard let record = try await store.importRecord(of: id), record.state == .open, let reason = reason(record) else { return }
            _ = try await store.closeImport(record.task.number, fault: Self.cut(record, reason), at: time.now())
        } catch {
            logger.error("an import could not be closed; the next start will do it", metadata: ["task": "\(id)", "error": "\(error)"])
        }
        hub.families.say(id)
    }

    func look(at id: Identifier) async {
        guard entries[id]?.state != nil else { return }
        do {
            let found = try await store.importRecord(of: id)
            // It may have been cancelled and opened again while that was read, which then says nothing of it. Whoever opens it says so.
            guard var state = entries[id]?.state else { return }
            guard let record = found else { return leave(id) }
            guard record.task.revision >= state.record.task.revision else { return }
            guard !record.task.status.isTerminal else { return ended(record.task) }
            let now = time.now()
            forecaster.follow(record)
            let isKnown = forecaster.rest(of: record, at: now) != nil
            // Whoever watches is told too that nobody knows any more when it will be over.
            let update = state.update(record, at: now) ?? (isKnown || hub.running(id)?.etaSeconds == nil ? nil : state.again(at: now))
            entries[id]?.state = state
            if let update { hub.publish(annotated(update)) }
            if state.isOver, entries[id]?.isHeld == false { try await finish(id, record) }
        } catch {
            if (error as? StoreError)?.code == .closed { return }
            if (error as? StoreError)?.code != .lostRace {
                logger.warning(
                    "an import could not be looked at; the next look tries again", metadata: ["task": "\(id)", "error": "\(error)"])
            }
            hub.families.say(id)
        }
    }

    private func finish(_ id: Identifier, _ record: ImportRecord) async throws {
        let limit = record.failuresToName
        let failures = limit > 0 ? try await store.importFailures(of: record.task.number, limit: limit) : []
        guard var state = entries[id]?.state, entries[id]?.isHeld == false else { return }
        let task = try await store.finishImport(record, state.ending(failures: failures, at: time.now()))
        guard entries.removeValue(forKey: id) != nil else { return }
        forecaster.unfollow(id)
        hub.publish(state.ended(task))
    }

    /// Its project was deleted.
    private func leave(_ id: Identifier) {
        if let task = entries[id]?.state?.record.task { hub.forget(id, revision: task.revision) }
        entries[id] = nil
        forecaster.unfollow(id)
    }
}
