import Knowledge

/// Knows how a run stands, and shows it. What it is told comes from the submitting and from the watching side at once.
actor IngestRecorder {
    /// A submitted memory whose task is to be watched.
    struct Submission: Sendable {
        let ordinal: Ledger.Ordinal
        let origin: Origin
        let task: Identifier
        /// Whether it was made by this run; what its task did counts only then.
        let isNew: Bool
    }

    private let plan: IngestPlan
    private let waits: Bool
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private let startCount: Int
    private var ledger: Ledger
    private var display: IngestDisplay
    private var pending = Fifo<Submission>()
    private let available = Semaphore(0)
    private var isInputAtEnd = false
    private var progress: [Ledger.Ordinal: Int] = [:]

    init(plan: IngestPlan, waits: Bool, display: IngestDisplay, from mark: Mark, tally: Tally) {
        self.plan = plan
        self.waits = waits
        self.display = display
        start = clock.now
        startCount = tally.memories
        ledger = Ledger(from: mark, tally: tally)
    }

    /// A memory was read.
    /// - Parameter share: how much of the input has been read by now, 0…1, if that is known.
    func read(_ draft: Draft, share: Double?) -> Ledger.Ordinal {
        display.share = share
        return ledger.append(draft.digest)
    }

    /// The inputs have been read and everything has been submitted: watchers that find nothing more to watch may end.
    /// - Parameter watchers: how many wait for work.
    func endSubmitting(watchers: Int) {
        available.release(watchers)
    }

    func endInput() {
        isInputAtEnd = true
        display.share = 1
    }

    func accepted(_ ordinal: Ledger.Ordinal, _ origin: Origin, _ answer: EngramClient.Answer) throws {
        let isNew = answer.status == 201 || answer.isReplayed
        display.accepted(origin, plan, answer.body)
        guard waits else {
            ledger.settle(ordinal, isNew ? .submitted : .unchanged)
            return
        }
        guard let text = answer.body["task_id"]?.string else {
            guard !isNew else { throw ContractError(description: "The server accepted a memory without naming its task.") }
            ledger.settle(ordinal, .unchanged)
            return
        }
        guard let task = Identifier(text) else { throw ContractError(description: "The server named a task '\(text)', which is no id.") }
        ledger.accept(ordinal)
        pending.append(Submission(ordinal: ordinal, origin: origin, task: task, isNew: isNew))
        available.release()
    }

    func rejected(_ ordinal: Ledger.Ordinal, _ origin: Origin, _ reason: String, _ problem: ProblemError?) {
        ledger.settle(ordinal, .rejected)
        display.rejected(origin, plan, reason, problem)
    }

    /// The oldest submission that nobody watches yet; `nil` when there will be none.
    func nextToWatch() async throws -> Submission? {
        try await available.acquire()
        return pending.popFirst()
    }

    func update(_ submission: Submission, _ update: TaskUpdate) {
        progress[submission.ordinal] = update.isTerminal ? nil : update.progress
        display.update(submission, plan, update, isOnly: plan.isSingleMemory || (isInputAtEnd && ledger.count == 1))
    }

    func ended(_ submission: Submission, _ last: TaskUpdate) {
        progress[submission.ordinal] = nil
        let outcome: Outcome =
            switch last.kind {
            case .completed: submission.isNew ? .completed(Receipt(last.result ?? .null)) : .unchanged
            case .cancelled: .cancelled
            case .failed, .progress: .failed
            }
        ledger.settle(submission.ordinal, outcome)
    }

    /// The task or its memory was deleted while it was being watched.
    func vanished(_ submission: Submission, _ problem: ProblemError) {
        progress[submission.ordinal] = nil
        ledger.settle(submission.ordinal, .failed)
        display.vanished(submission, plan, problem)
    }

    func trouble(_ error: any Error) {
        display.trouble(error, at: clock.now)
    }

    /// Shows how far the run is; called ten times a second.
    func tick() {
        display.tick(standing, at: clock.now)
    }

    /// Removes what is live on the screen.
    func endDisplay() {
        display.end()
    }

    func journal(_ journal: RunJournal) -> RunJournal {
        var journal = journal
        journal.settled = ledger.settled
        journal.tally = ledger.settledTally
        journal.accepted = ledger.accepted
        return journal
    }

    var tally: Tally { ledger.tally }

    var standing: IngestStanding {
        let seconds = start.duration(to: clock.now) / .seconds(1)
        let ended = ledger.tally.memories
        return IngestStanding(
            read: ledger.count, answered: ledger.answered, ended: ended, failed: ledger.tally.failed + ledger.tally.cancelled,
            rejected: ledger.tally.rejected, total: isInputAtEnd ? ledger.count : nil,
            inProgress: Double(progress.values.reduce(0, +)) / 100, share: display.share,
            rate: seconds > 0.05 ? Double(ended - startCount) / seconds : 0, seconds: seconds)
    }
}
