import Knowledge

/// Brings an input of lines to the server as one import, however often either side goes away.
///
/// The journal names the import before the first byte leaves. After that the input is sent from its front again as often as need be;
/// the server compares what it has already and goes on behind it.
struct ImportUploader: Sendable {
    let client: EngramClient
    let recorder: IngestRecorder
    let runID: String
    /// `nil` leaves it to the server.
    let priority: String?
    let patience: Duration

    /// Returns when the server has all of the input, or its import has ended.
    /// - Throws: what makes going on pointless: ``ProblemError`` of 401 or 403, ``ImportConflict``,
    ///   ``InputSpent``, ``UnreachableError``, ``ContractError``, ``FileError``, `CancellationError`.
    func submit(_ lines: LinesInput, as input: Ledger.Ordinal) async throws {
        let entry = await recorder.entry(of: input)
        if let tally = entry.tally {
            try await check(lines, against: entry.upload)
            await recorder.settle(input, .imported(tally))
            return
        }
        guard !lines.isEmpty else {
            await recorder.keep(input, ImportEntry.Upload(content: try await lines.bytes.content(), tally: Tally()))
            await recorder.settle(input, .imported(Tally()))
            return
        }
        while let (target, isOld) = try await target(of: lines, input) {
            let state: ImportState = isOld ? try await patiently { try await ask(target) } : .open(ImportSums())
            switch state {
            case .gone:
                guard try await isToStartAnew(lines, input, target) else { return }
            case .ended(_, let standing):
                try await check(lines, against: standing)
                return try await settle(input, target, state)
            case .open, .complete:
                if case .complete(let sums) = state { try await check(lines, against: sums) }
                let meter = UploadMeter()
                let task = try IngestRecorder.task(target.task)
                await recorder.opened(input, task, state.sums, meter)
                if case .complete(let sums) = state { return try await finish(input, target, sums) }
                return try await upload(lines, input, target, meter)
            }
        }
    }

    /// The import to upload to, made if need be.
    /// - Returns: it, and whether it may have been used before; `nil` when the server refused to make it.
    private func target(of lines: LinesInput, _ input: Ledger.Ordinal) async throws -> (ImportEntry.Target, isOld: Bool)? {
        var entry = await recorder.entry(of: input)
        if let target = entry.target { return (target, true) }
        // The key must be found again.
        await recorder.setEntry(entry, of: input)
        try await recorder.save()
        do {
            let answer = try await patiently {
                try await client.send(
                    .post, "/projects/\(lines.project.percentEncoded)/imports", body: ["name": JSON(lines.name)],
                    idempotencyKey: "\(runID):\(lines.digest):import:\(entry.generation)")
            }
            let target = try ImportEntry.Target(answer.body)
            entry.target = target
            await recorder.setEntry(entry, of: input)
            try await recorder.save()
            return (target, answer.isReplayed)
        } catch let problem as ProblemError where !problem.isNotAllowed && !problem.isTransient {
            await recorder.rejected(input, problem.description, problem)
            return nil
        }
    }

    private func upload(_ lines: LinesInput, _ input: Ledger.Ordinal, _ target: ImportEntry.Target, _ meter: UploadMeter) async throws {
        let clock = ContinuousClock()
        var random = SystemRandomNumberGenerator()
        var session = UploadSession(patience: Patience(limit: patience, now: clock.now))
        let query = priority.map { "?priority=\($0)" } ?? ""
        while true {
            do {
                if session.hasFailed {
                    let state = try await ask(target)
                    guard case .open(let sums) = state else { return try await settle(input, target, state) }
                    guard await lines.bytes.isWhole else { throw InputSpent(name: lines.name) }
                    session.found(sums, at: clock.now)
                }
                let answer = try await client.upload(target.path + query, from: lines.bytes, meter: meter)
                return try await finish(input, target, ImportSums(answer.body))
            } catch let problem as ProblemError where problem.status == 404 {
                return await recorder.vanished(input, problem)
            } catch let problem as ProblemError where problem.status == 409 && !problem.isTransient {
                // An import that has ended meanwhile takes nothing more.
                let state = try await patiently { try await ask(target) }
                guard case .open = state else { return try await settle(input, target, state) }
                throw ImportConflict.refused(lines.name, problem)
            } catch {
                let wait = try session.wait(after: error, sent: meter.sent, at: clock.now, random: &random)
                await recorder.trouble(error)
                try await clock.sleep(for: wait)
            }
        }
    }

    /// The server has all of the input.
    private func finish(_ input: Ledger.Ordinal, _ target: ImportEntry.Target, _ sums: ImportSums) async throws {
        try await recorder.uploaded(input, sums)
        try await tellRejected(input, target, sums)
        if !recorder.waits { await recorder.leave(input, sums) }
        await recorder.submitted(input, try IngestRecorder.task(target.task))
    }

    /// Nothing more is to be uploaded.
    private func settle(_ input: Ledger.Ordinal, _ target: ImportEntry.Target, _ state: ImportState) async throws {
        switch state {
        case .open: break
        case .complete(let sums): try await finish(input, target, sums)
        case .gone(let problem): await recorder.vanished(input, problem)
        case .ended(let last, let standing):
            let task = try IngestRecorder.task(target.task)
            await recorder.keepUpload(input, standing)
            try await tellRejected(input, target, ImportSums(last.result ?? .null))
            await recorder.submitted(input, task)
            await recorder.updateImport(IngestRecorder.Submission(input: input, task: task, kind: .lines), last)
        }
    }

    private func tellRejected(_ input: Ledger.Ordinal, _ target: ImportEntry.Target, _ sums: ImportSums) async throws {
        guard sums.rejected > 0, await !recorder.entry(of: input).isTold else { return }
        let report = RejectionReport(client: client, recorder: recorder, patience: patience)
        try await report.tell(target.task, of: input, count: sums.rejected)
        await recorder.told(input)
    }

    private func ask(_ target: ImportEntry.Target) async throws -> ImportState {
        do {
            let task = try await client.send(.get, "/tasks/\(target.task.percentEncoded)").body
            let update = TaskUpdate(task: task)
            let standing = try await client.send(.get, target.path).body
            let sums = ImportSums(standing)
            if update.isTerminal { return .ended(update, standing: sums) }
            return standing["state"]?.string == "open" ? .open(sums) : .complete(sums)
        } catch let problem as ProblemError where problem.status == 404 {
            return .gone(problem)
        }
    }

    func patiently<Result: Sendable>(_ request: () async throws -> Result) async throws -> Result {
        try await retrying(patience: patience, onTrouble: { await recorder.trouble($0) }, request: request)
    }
}

/// What the server says of an import.
private enum ImportState {
    /// It takes lines.
    case open(ImportSums)
    /// It has all its lines, and ingests them.
    case complete(ImportSums)
    /// - `standing`: what it had taken of the input.
    case ended(TaskUpdate, standing: ImportSums)
    case gone(ProblemError)

    /// As far as it is under way.
    var sums: ImportSums {
        switch self {
        case .open(let sums), .complete(let sums): sums
        case .ended, .gone: ImportSums()
        }
    }
}
