import Knowledge
import NIOCore

/// One run of `engram ingest`: submits, watches, keeps the journal.
struct IngestRun: Sendable {
    let client: EngramClient
    let reader: InputReader
    let waits: Bool
    let style: OutputStyle
    let patience: Duration
    let journal: RunJournal
    /// Whether the journal is of an earlier part of the run.
    let isContinued: Bool
    /// `nil` when there is no place to keep one.
    let file: JournalFile?

    /// Streams that are open at once.
    private static let watchers = 32

    /// - Returns: the sums of the whole run, its interrupted parts included.
    func run() async throws -> Tally {
        let recorder = IngestRecorder(
            plan: reader.plan, lengths: reader.plan.lengths, waits: waits, style: style, journal: journal, file: file)
        if journal.settled.count > 0 || !journal.imports.isEmpty {
            Terminal.print("engram: continuing run \(journal.runID).", to: .errors)
        }
        do {
            try await withTicker(
                calling: { await recorder.tick() },
                during: { try await withSaving(recorder) { try await work(recorder) } })
        } catch {
            await recorder.endDisplay()
            await keep(recorder, because: error)
            throw error
        }
        await recorder.tick(isLast: true)
        await recorder.endDisplay()
        file?.remove()
        let standing = await recorder.standing
        IngestSummary(runID: journal.runID, tally: await recorder.tally, rate: standing.rate, seconds: standing.seconds).print(style)
        return await recorder.tally
    }

    private func work(_ recorder: IngestRecorder) async throws {
        let uploader = ImportUploader(
            client: client, recorder: recorder, runID: journal.runID, priority: reader.priority, patience: patience)
        let submitter = Submitter(
            client: client, recorder: recorder, reader: reader, uploader: uploader, journal: journal, patience: patience)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await submitter.submit()
                await recorder.endInput(watchers: Self.watchers)
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
            _ = try await TaskFollower(client: client, patience: patience).follow(
                task, path: "/api/v1/tasks/\(task)/stream",
                onTrouble: { await recorder.trouble($0) },
                onUpdate: { update in
                    await recorder.update(submission, update)
                    if let target = await recorder.wantsSums(submission) { await refresh(submission.input, target, recorder) }
                })
        } catch let problem as ProblemError where problem.status == 404 {
            await recorder.vanished(submission, problem)
        }
    }

    /// Asks how an import stands, which its stream tells in words only.
    private func refresh(_ input: Ledger.Ordinal, _ target: ImportEntry.Target, _ recorder: IngestRecorder) async {
        do {
            await recorder.refreshed(input, ImportSums(try await client.send(.get, target.path, within: .seconds(5)).body))
        } catch {
            // It is for show; that the server is away is noticed on the stream.
        }
    }

    /// Runs `body` while the journal is saved four times a second, when it has changed.
    private func withSaving(_ recorder: IngestRecorder, _ body: () async throws -> Void) async throws {
        guard file != nil else { return try await body() }
        // Before the first request: its idempotency key must be found again.
        try await recorder.save()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    try await Task.sleep(for: .milliseconds(250))
                    do {
                        try await recorder.save()
                    } catch {
                        Terminal.print("engram: \(error) The run cannot be continued if it is interrupted now.", to: .errors)
                        return
                    }
                }
            }
            defer { group.cancelAll() }
            try await body()
        }
    }

    /// Saves the journal of a run that ends early, and says how to go on.
    private func keep(_ recorder: IngestRecorder, because error: any Error) async {
        guard let file else { return }
        await refreshUploads(recorder, after: error)
        let standing = await recorder.standing
        let hasImports = await recorder.hasImports
        let mayHaveSubmitted = await recorder.mayHaveSubmitted(before: error)
        guard isContinued || standing.submitted > 0 || hasImports || mayHaveSubmitted else {
            // Nothing has come to the server: there is nothing to continue.
            file.remove()
            return
        }
        do {
            try await recorder.save()
        } catch {
            Terminal.print("engram: \(error)", to: .errors)
        }
        let verb = error is CancellationError ? "Interrupted" : "Stopped"
        let noun = standing.submitted == 1 ? "memory" : "memories"
        let state =
            standing.submitted > 0
            ? ": \(standing.submitted.grouped) \(noun) submitted, \(standing.ended.grouped) of them done; the server goes on with what it has."
            : "."
        Terminal.print(
            "\(verb)\(state) Run the same command again to continue; nothing is stored twice (run \(journal.runID)).", to: .errors)
    }

    /// Asks how the uploads stand that broke off, which nobody has told yet.
    private func refreshUploads(_ recorder: IngestRecorder, after error: any Error) async {
        if error is UnreachableError { return }
        for (input, target) in await recorder.openUploads {
            // Not a part of this task, which is cancelled after Ctrl-C.
            let asking = Task { try await client.send(.get, target.path, within: .seconds(2)).body }
            if case .success(let standing) = await asking.result { await recorder.refreshed(input, ImportSums(standing)) }
        }
    }
}
