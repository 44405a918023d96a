import ArgumentParser
import Knowledge

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// One run of `engram ingest`: submits, watches, keeps the journal.
struct IngestRun: Sendable {
    let client: EngramClient
    let plan: IngestPlan
    let maker: DraftMaker
    let defaultProject: String?
    let waits: Bool
    let style: OutputStyle
    let patience: Duration
    let journal: RunJournal
    /// `nil` when there is no place to keep one.
    let file: JournalFile?

    /// Streams that are open at once.
    private static let watchers = 32

    /// - Returns: the sums of the whole run, its interrupted parts included.
    func run() async throws -> Tally {
        let resumption = journal.resumption(at: .now)
        let source = try await skip(to: resumption.mark)
        let recorder = IngestRecorder(
            plan: plan, waits: waits, display: IngestDisplay(style: style), from: resumption.mark, tally: resumption.tally)
        do {
            try await withTicker(
                calling: { await recorder.tick() },
                during: { try await withSaving(recorder) { try await work(source, recorder) } })
        } catch {
            await recorder.endDisplay()
            await keep(recorder, because: error)
            throw error
        }
        await recorder.tick()
        await recorder.endDisplay()
        file?.remove()
        let standing = await recorder.standing
        IngestSummary(runID: journal.runID, tally: await recorder.tally, rate: standing.rate, seconds: standing.seconds).print(style)
        return await recorder.tally
    }

    private func work(_ source: MemorySource, _ recorder: IngestRecorder) async throws {
        let submitter = Submitter(
            client: client, recorder: recorder, runID: journal.runID, plan: plan, patience: patience, defaultProject: defaultProject)
        let total = plan.totalLength
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await submitter.submit(source) { read in total.map { $0 > 0 ? min(1, Double(read) / Double($0)) : 1 } }
                await recorder.endSubmitting(watchers: Self.watchers)
            }
            if waits {
                for _ in 0..<Self.watchers {
                    group.addTask {
                        while let submission = try await recorder.nextToWatch() { try await watch(submission, recorder) }
                    }
                }
            }
            // Not waitForAll(), which would let the others go on after the first error.
            while try await group.next() != nil {}
        }
    }

    private func watch(_ submission: IngestRecorder.Submission, _ recorder: IngestRecorder) async throws {
        // The ticket in `stream_url` is for those who cannot send a header.
        let task = submission.task.description
        do {
            let last = try await TaskFollower(client: client, patience: patience).follow(
                task, path: "/api/v1/tasks/\(task)/stream",
                onTrouble: { await recorder.trouble($0) }, onUpdate: { await recorder.update(submission, $0) })
            await recorder.ended(submission, last)
        } catch let problem as ProblemError where problem.status == 404 {
            await recorder.vanished(submission, problem)
        }
    }

    /// Reads over what an interrupted run has done already.
    private func skip(to mark: Mark) async throws -> MemorySource {
        var source = MemorySource(plan: plan, maker: maker)
        while source.count < mark.count, try await source.draft() != nil {}
        guard source.count == mark.count, mark.count == 0 || source.digest == mark.digest else {
            throw ContractError(
                description:
                    "The input is not what the interrupted run \(journal.runID) has read: its first \(mark.count) memories have changed. "
                    + "To start over, which submits them again, give a new --run-id" + (file.map { " or delete \($0.path)." } ?? "."))
        }
        if mark.count > 0 {
            Terminal.print("engram: continuing run \(journal.runID) after \(mark.count.grouped) memories.", to: .errors)
        }
        return source
    }

    /// Runs `body` while the journal is saved four times a second, when it has changed.
    private func withSaving(_ recorder: IngestRecorder, _ body: () async throws -> Void) async throws {
        guard let file else { return try await body() }
        // Before the first request: its idempotency key must be found again.
        try file.save(journal)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var saved = journal
                while !Task.isCancelled {
                    try await Task.sleep(for: .milliseconds(250))
                    let current = await recorder.journal(journal)
                    guard current != saved else { continue }
                    do {
                        try file.save(current)
                    } catch {
                        Terminal.print("engram: \(error) The run cannot be continued if it is interrupted now.", to: .errors)
                        return
                    }
                    saved = current
                }
            }
            defer { group.cancelAll() }
            try await body()
        }
    }

    /// Saves the journal of a run that ends early, and says how to go on.
    private func keep(_ recorder: IngestRecorder, because error: any Error) async {
        guard let file else { return }
        let standing = await recorder.standing
        guard standing.answered > 0 || !(error is ProblemError) else {
            // Refused before anything was submitted: there is nothing to continue.
            file.remove()
            return
        }
        do {
            try file.save(await recorder.journal(journal))
        } catch {
            Terminal.print("engram: \(error)", to: .errors)
        }
        let state = "\(standing.answered.grouped) memories submitted, \(standing.ended.grouped) of them done"
        let verb = error is CancellationError ? "Interrupted" : "Stopped"
        Terminal.print(
            "\(verb): \(state). Run the same command again to continue; nothing is submitted twice (run \(journal.runID)).", to: .errors)
    }
}

extension Timestamp {
    /// The present moment by the system's clock.
    static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }
}

extension IngestPlan {
    /// The bytes of all inputs together; `nil` if one is a pipe or cannot be opened.
    var totalLength: Int64? {
        var total: Int64 = 0
        for input in inputs {
            guard let length = try? InputFile(input.path).length else { return nil }  // Only for an estimate.
            total += length
        }
        return total
    }
}
