import Knowledge

/// Knows how a run stands, shows it, and keeps its journal. What it is told comes from the submitting and from the watching side at once.
actor IngestRecorder {
    /// A task that is to be watched.
    struct Submission: Sendable {
        enum Kind: Equatable, Sendable {
            /// - `isNew`: whether it was made by this run; what its task did counts only then.
            case memory(isNew: Bool)
            case lines
        }

        let input: Ledger.Ordinal
        let task: Identifier
        let kind: Kind
    }

    /// An input whose task is under way, as it was last heard of.
    struct Open {
        /// 0…1.
        var progress = 0.0
        /// Of an import.
        var sums = ImportSums()
        var askedAt: ContinuousClock.Instant?
        /// Of an import that does not have all of its input yet.
        var meter: UploadMeter?
        /// Of an import about whose upload not everything has been told: its end, if that came meanwhile.
        var heldEnd: TaskUpdate?
        var isBeingSubmitted = false
        /// Seconds until its end, as the server expects it.
        var remaining: Int?
    }

    let plan: IngestPlan
    let waits: Bool
    private let file: JournalFile?
    let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    /// Memories that had ended before this part of the run; they are no part of its rate.
    private var startCount: Int
    private var journal: RunJournal
    private var ledger: Ledger
    private var shares: InputShares
    private let lengths: [Int64?]
    var display: IngestDisplay
    private var pending = Fifo<Submission>()
    private let available = Semaphore(0)
    private var isInputAtEnd = false
    private var openMemories = 0
    /// Whether a request failed that may have been taken all the same.
    private var hasMetTrouble = false
    var open: [Ledger.Ordinal: Open] = [:]

    /// - Parameters:
    ///   - lengths: of the inputs in bytes; `nil` for a pipe's.
    ///   - file: `nil` when there is no place to keep a journal.
    init(plan: IngestPlan, lengths: [Int64?], waits: Bool, style: OutputStyle, journal: RunJournal, file: JournalFile?) {
        self.plan = plan
        self.waits = waits
        self.file = file
        self.journal = journal
        display = IngestDisplay(style: style, plan: plan)
        start = clock.now
        startCount = journal.tally.memories
        ledger = Ledger(from: journal.settled, tally: journal.tally)
        self.lengths = lengths
        shares = InputShares(lengths: lengths, settled: journal.settled.count)
    }

    /// An input was opened.
    /// - Parameter digest: of the inputs up to its end.
    func read(_ digest: Digest) -> Ledger.Ordinal {
        ledger.append(digest)
    }

    /// The server has everything: watchers that find nothing more to watch may end.
    /// - Parameter watchers: how many wait for work.
    func endInput(watchers: Int) {
        isInputAtEnd = true
        available.release(watchers)
    }

    // MARK: Memories

    func accepted(_ input: Ledger.Ordinal, _ answer: EngramClient.Answer) throws {
        let isNew = answer.status == 201 || answer.isReplayed
        display.contact()
        if plan.inputs.count == 1 { display.expectStages() }
        display.emit(
            "accepted", Origin(input: input, line: nil),
            [.init("memory_id", answer.body["id"] ?? .null), .init("task_id", answer.body["task_id"] ?? .null)])
        guard waits else {
            settle(input, isNew ? .submitted : .unchanged)
            return
        }
        guard let text = answer.body["task_id"]?.string else {
            guard !isNew else { throw ContractError(description: "The server accepted a memory without naming its task.") }
            settle(input, .unchanged)
            return
        }
        openMemories += 1
        ledger.accept(input)
        watch(Submission(input: input, task: try Self.task(text), kind: .memory(isNew: isNew)))
    }

    func rejected(_ input: Ledger.Ordinal, _ reason: String, _ problem: ProblemError?) {
        guard settle(input, .rejected) else { return }
        display.loss("rejected", Origin(input: input, line: nil), reason, [.init("problem", problem?.json ?? .null)])
    }

    /// - Returns: whether that is news.
    @discardableResult
    func settle(_ input: Ledger.Ordinal, _ outcome: Outcome) -> Bool {
        // An import that was never open in this part ended before it.
        if case .imported(let tally) = outcome, open[input] == nil { startCount += tally.memories }
        open[input] = nil
        guard ledger.settle(input, outcome) else { return false }
        shares.settle(input)
        return true
    }

    /// The server has all of an import's lines.
    func markAccepted(_ input: Ledger.Ordinal) {
        ledger.accept(input)
    }

    func countAsOld(_ memories: Int) {
        startCount += memories
    }

    // MARK: Watching

    func watch(_ submission: Submission) {
        pending.append(submission)
        available.release()
    }

    /// The oldest submission that nobody watches yet; `nil` when there will be none.
    func nextToWatch() async throws -> Submission? {
        try await available.acquire()
        return pending.popFirst()
    }

    func update(_ submission: Submission, _ update: TaskUpdate) {
        guard case .memory(let isNew) = submission.kind else { return updateImport(submission, update) }
        open[submission.input, default: Open()].progress = Double(update.progress) / 100
        display.update(submission.input, submission.task, update, isOnly: plan.inputs.count == 1)
        guard update.isTerminal else { return }
        openMemories -= 1
        let origin = Origin(input: submission.input, line: nil)
        switch update.kind {
        case .completed: settle(submission.input, isNew ? .completed(Receipt(update.result ?? .null)) : .unchanged)
        case .cancelled:
            settle(submission.input, .cancelled)
            if display.style != .json { display.loss("cancelled", origin, "its task was cancelled") }
        case .failed, .progress:
            settle(submission.input, .failed)
            if display.style != .json { display.loss("failed", origin, update.error ?? update.message) }
        }
    }

    /// The task or its memory was deleted while it was being watched.
    func vanished(_ submission: Submission, _ problem: ProblemError) {
        if case .memory = submission.kind { openMemories -= 1 }
        guard settle(submission.input, .failed) else { return }
        display.loss(
            "failed", Origin(input: submission.input, line: nil), "its task is gone: \(problem)", [.init("task_id", JSON(submission.task))])
    }

    func trouble(_ error: any Error) {
        hasMetTrouble = hasMetTrouble || mayHaveSubmitted(before: error)
        display.trouble(error, at: clock.now)
    }

    /// Whether a request that had this answer, or one before it, may have left something at the server.
    func mayHaveSubmitted(before error: any Error) -> Bool {
        switch error {
        case let error as UnreachableError: hasMetTrouble || error.mayHaveArrived
        case is CancellationError: true
        case let problem as ProblemError: hasMetTrouble || problem.status > 503
        default: hasMetTrouble
        }
    }

    /// Shows how far the run is; called ten times a second, and at its end.
    func tick(isLast: Bool = false) {
        display.tick(standing, at: clock.now, isLast: isLast)
    }

    /// Removes what is live on the screen.
    func endDisplay() {
        display.end()
    }

    var tally: Tally { ledger.tally }

    var standing: IngestStanding {
        let tally = ledger.tally
        let imports = open.values.map(\.sums)
        var standing = IngestStanding()
        standing.seconds = start.duration(to: clock.now) / .seconds(1)
        standing.submitted = tally.memories + openMemories + imports.reduce(0) { $0 + $1.lines }
        standing.ended = tally.memories + imports.reduce(0) { $0 + $1.ended }
        standing.failed = tally.failed + tally.cancelled + imports.reduce(0) { $0 + $1.failed + $1.cancelled }
        standing.rejected = tally.rejected + imports.reduce(0) { $0 + $1.rejected }
        standing.total = isInputAtEnd ? standing.submitted : nil
        standing.fraction = fraction
        standing.rate = standing.seconds > 0.05 ? Double(standing.ended - startCount) / standing.seconds : 0
        if plan.inputs.count == 1 { standing.remaining = open.values.first?.remaining }
        return standing
    }

    /// How much of the run is done, or of its submitting if that is all; `nil` while a pipe is read whose end is not known.
    private var fraction: Double? {
        var parts: [Int: Double] = [:]
        for (input, state) in open {
            parts[input] = state.progress
            guard let meter = state.meter else { continue }
            guard let length = lengths[input] else { return nil }
            if !waits { parts[input] = length > 0 ? Double(meter.sent) / Double(length) : 1 }
        }
        return shares.fraction(parts)
    }

    // MARK: The journal

    /// What an earlier part of the run knew of an input that is imported.
    func entry(of input: Ledger.Ordinal) -> ImportEntry {
        journal.imports[input] ?? ImportEntry()
    }

    func setEntry(_ entry: ImportEntry, of input: Ledger.Ordinal) {
        journal.imports[input] = entry
    }

    /// Saves the journal if it has changed. Blocks until it is on the disk.
    func save() throws(FileError) {
        journal.settled = ledger.settled
        journal.tally = ledger.settledTally
        journal.accepted = ledger.accepted
        // What has ended is only compared with what it was.
        for (input, entry) in journal.imports where input < ledger.settled.count && entry.upload == nil { journal.imports[input] = nil }
        guard let file, journal != saved else { return }
        try file.save(journal)
        saved = journal
    }

    /// What the file says.
    private var saved: RunJournal?

    /// The imports that do not have all of their inputs yet.
    var openUploads: [(input: Ledger.Ordinal, target: ImportEntry.Target)] {
        open.compactMap { input, state in state.meter == nil ? nil : entry(of: input).target.map { (input, $0) } }
    }

    var hasImports: Bool { journal.imports.values.contains { $0.target != nil } }

    static func task(_ text: String) throws(ContractError) -> Identifier {
        guard let task = Identifier(text) else { throw ContractError(description: "The server named a task '\(text)', which is no id.") }
        return task
    }
}
