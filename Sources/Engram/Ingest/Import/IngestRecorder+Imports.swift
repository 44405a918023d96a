import Knowledge

/// What is told of inputs that are imported.
extension IngestRecorder {
    /// The import is open at the server, or was before.
    /// - Parameters:
    ///   - sums: how it stands.
    ///   - meter: tells how much of the input has gone out.
    func opened(_ input: Ledger.Ordinal, _ task: Identifier, _ sums: ImportSums, _ meter: UploadMeter) {
        display.contact()
        display.message = "uploading"
        display.emit("import", Origin(input: input, line: nil), [.init("task_id", JSON(task))])
        open[input] = Open(sums: sums, meter: meter, isBeingSubmitted: true)
        countAsOld(sums.ended)
        if waits { watch(Submission(input: input, task: task, kind: .lines)) }
    }

    /// The server has all of the input.
    func uploaded(_ input: Ledger.Ordinal, _ sums: ImportSums) throws(FileError) {
        display.contact()
        markAccepted(input)
        display.message = ""
        open[input]?.meter = nil
        keepUpload(input, sums)
        refreshed(input, sums)
        try save()
    }

    /// All has been told that there is to tell of the upload; the import's end comes after that.
    func submitted(_ input: Ledger.Ordinal, _ task: Identifier) {
        open[input]?.isBeingSubmitted = false
        if let end = open[input]?.heldEnd { updateImport(Submission(input: input, task: task, kind: .lines), end) }
    }

    /// Takes note of what the server has of an input, if that is all of it.
    func keepUpload(_ input: Ledger.Ordinal, _ sums: ImportSums) {
        guard let content = sums.content, sums.isComplete else { return }
        keep(input, ImportEntry.Upload(content: content, tally: sums.tallyOfUpload))
    }

    func keep(_ input: Ledger.Ordinal, _ upload: ImportEntry.Upload) {
        var entry = entry(of: input)
        entry.upload = upload
        setEntry(entry, of: input)
    }

    func rejectedLine(_ input: Ledger.Ordinal, _ line: Int?, _ error: String) {
        display.loss("rejected", Origin(input: input, line: line), error)
    }

    func note(_ input: Ledger.Ordinal, _ text: String) {
        display.note(input, text)
    }

    var lineLimit: Int? { display.lineLimit }

    /// The rejected lines have been shown.
    func told(_ input: Ledger.Ordinal) {
        var entry = entry(of: input)
        entry.isTold = true
        setEntry(entry, of: input)
    }

    /// There is nothing more to wait for: the upload alone was asked for.
    func leave(_ input: Ledger.Ordinal, _ sums: ImportSums) {
        settleImport(input, sums.tallyOfUpload)
    }

    /// There is no such import at the server any more.
    func vanished(_ input: Ledger.Ordinal, _ problem: ProblemError) {
        guard settle(input, .failed) else { return }
        display.loss("failed", Origin(input: input, line: nil), "its import is gone: \(problem)")
    }

    /// The import of a submission whose sums are worth asking for: they are shown, and were not asked for just now.
    func wantsSums(_ submission: Submission) -> ImportEntry.Target? {
        guard submission.kind == .lines, display.style != .json, let known = open[submission.input] else { return nil }
        let now = clock.now
        if let last = known.askedAt, last.duration(to: now) < .milliseconds(200) { return nil }
        open[submission.input]?.askedAt = now
        return entry(of: submission.input).target
    }

    /// How an import stands.
    func refreshed(_ input: Ledger.Ordinal, _ sums: ImportSums) {
        // An answer may be older than another's.
        if let known = open[input]?.sums, (known.lines, known.ended) < (sums.lines, sums.ended) { open[input]?.sums = sums }
    }

    func updateImport(_ submission: Submission, _ update: TaskUpdate) {
        let input = submission.input
        if !update.isTerminal {
            guard open[input] != nil else { return }
            open[input]?.progress = Double(update.progress) / 100
            open[input]?.remaining = update.data["eta_seconds"]?.integer.map { Int(clamping: $0) }
            if display.style == .json {
                display.update(input, submission.task, update, isOnly: false)
            } else {
                display.contact()
            }
            return
        }
        guard open[input]?.isBeingSubmitted != true else {
            open[input]?.heldEnd = update
            return
        }
        let sums = ImportSums(update.result ?? .null)
        guard settleImport(input, sums.tally(of: update.kind)) else { return }
        tellFailures(input, submission.task, sums)
        display.update(input, submission.task, update, as: "import_ended", isOnly: false)
        if update.kind == .cancelled { display.note(input, "its import was cancelled") }
        if let warning = sums.warning, sums.rejected == 0 { display.note(input, "warning: \(warning)") }
        // An import that failed as a whole, with none of its memories to blame.
        if update.kind == .failed, sums.failed == 0 { display.note(input, "failed: \(update.error ?? update.message)") }
    }

    private func tellFailures(_ input: Ledger.Ordinal, _ task: Identifier, _ sums: ImportSums) {
        let shown = sums.failures.prefix(display.lineLimit ?? .max)
        for failure in shown {
            var members: [JSON.Member] = []
            if let memory = failure.memory { members.append(.init("memory_id", JSON(memory))) }
            if let task = failure.task { members.append(.init("task_id", JSON(task))) }
            display.loss("failed", Origin(input: input, line: failure.line), failure.error, members)
        }
        if sums.failed > shown.count { display.note(input, "\((sums.failed - shown.count).grouped) more failed") }
        if sums.failed > 0 { display.note(input, "to try again what failed: POST /api/v1/tasks/\(task)/retry") }
    }

    @discardableResult
    private func settleImport(_ input: Ledger.Ordinal, _ tally: Tally) -> Bool {
        guard settle(input, .imported(tally)) else { return false }
        var entry = entry(of: input)
        entry.tally = tally
        setEntry(entry, of: input)
        return true
    }
}
