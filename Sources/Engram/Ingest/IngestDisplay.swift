import Knowledge

/// What a run shows, in one of three styles. It decides what is worth a line; the recorder tells it what happens.
struct IngestDisplay: Sendable {
    let style: OutputStyle
    /// How much of the inputs has been read, 0…1.
    var share: Double?

    private var live = LiveLine()
    private var message = ""
    private var lastStage = ""
    private var isSingle = false
    private var absence = Absence()
    private var highest: Double?
    private var lastLine: (at: ContinuousClock.Instant, standing: IngestStanding)?

    init(style: OutputStyle) {
        self.style = style
    }

    mutating func accepted(_ origin: Origin, _ plan: IngestPlan, _ answer: JSON) {
        absence.ended()
        guard style == .json else { return }
        emit(
            "accepted", origin, plan,
            [.init("memory_id", answer["id"] ?? .null), .init("task_id", answer["task_id"] ?? .null)])
    }

    mutating func rejected(_ origin: Origin, _ plan: IngestPlan, _ reason: String, _ problem: ProblemError?) {
        if style == .json {
            emit("rejected", origin, plan, [.init("detail", JSON(reason)), .init("problem", problem?.json ?? .null)])
        } else {
            put("\(place(origin, plan)): rejected: \(reason.printable)", to: .errors)
        }
    }

    mutating func update(
        _ submission: IngestRecorder.Submission, _ plan: IngestPlan, _ update: TaskUpdate, isOnly: Bool
    ) {
        absence.ended()
        isSingle = isOnly
        if style == .json {
            Terminal.print(update.json(members(submission.origin, plan) + [.init("task_id", JSON(submission.task))]).text)
            return
        }
        // What moves is of interest, not what waits or has ended.
        if update.kind == .progress, update.progress > 0, !update.message.isEmpty { message = update.message }
        if isOnly, update.line != lastStage {
            lastStage = update.line
            put(update.line, to: style == .terminal ? .errors : .output)
        }
        switch update.kind {
        case .failed: put("\(place(submission.origin, plan)): failed: \((update.error ?? update.message).printable)", to: .errors)
        case .cancelled: put("\(place(submission.origin, plan)): cancelled", to: .errors)
        case .completed, .progress: break
        }
        if isOnly, let warning = update.result?["warning"]?.string { put("Warning: \(warning.printable)", to: .errors) }
    }

    mutating func vanished(_ submission: IngestRecorder.Submission, _ plan: IngestPlan, _ problem: ProblemError) {
        if style == .json {
            emit("failed", submission.origin, plan, [.init("task_id", JSON(submission.task)), .init("error", JSON(problem.description))])
        } else {
            put("\(place(submission.origin, plan)): its task is gone: \(problem.description.printable)", to: .errors)
        }
    }

    mutating func trouble(_ error: any Error, at now: ContinuousClock.Instant) {
        absence.failed(error, at: now)
    }

    /// Shows how far the run is: always on a terminal; as a line when two seconds or five percent have passed.
    mutating func tick(_ standing: IngestStanding, at now: ContinuousClock.Instant) {
        if let line = absence.announcement(at: now) { put(line, to: .errors) }
        // As long as the total is an estimate, it may grow; what was shown does not go back.
        if let fraction = standing.fraction { highest = max(highest ?? 0, fraction) }
        switch style {
        case .json: break
        case .terminal:
            let news = absence.isAnnounced ? "waiting for the server" : message
            live.draw(ProgressLine(fraction: highest, counts: isSingle ? "" : standing.counts, message: isSingle ? "" : news))
        case .plain:
            guard !isSingle, standing.read > 1, isWorthALine(standing, now) else { return }
            lastLine = (now, standing)
            Terminal.print(ProgressLine(fraction: highest, counts: standing.counts, message: "").plain)
        }
    }

    private func isWorthALine(_ standing: IngestStanding, _ now: ContinuousClock.Instant) -> Bool {
        guard let last = lastLine else { return standing.answered > 0 }
        guard (standing.ended, standing.answered) != (last.standing.ended, last.standing.answered) else { return false }
        if last.at.duration(to: now) >= .seconds(2) { return true }
        guard let before = last.standing.fraction, let fraction = standing.fraction, standing.total != nil else { return false }
        return Int(fraction * 20) > Int(before * 20)
    }

    mutating func end() {
        live.clear()
    }

    private mutating func put(_ line: String, to channel: Terminal.Channel) {
        if style == .terminal { live.put(line, to: channel) } else { Terminal.print(line, to: channel) }
    }

    private func emit(_ event: String, _ origin: Origin, _ plan: IngestPlan, _ more: [JSON.Member]) {
        Terminal.print(JSON.object([.init("event", JSON(event))] + members(origin, plan) + more).text)
    }

    private func members(_ origin: Origin, _ plan: IngestPlan) -> [JSON.Member] {
        [.init("file", JSON(plan.inputs[origin.input].path)), .init("line", JSON(origin.line))]
    }

    private func place(_ origin: Origin, _ plan: IngestPlan) -> String {
        let input = plan.inputs[origin.input]
        let name = (input.path == "-" ? input.name : input.path).printable
        return input.format == .ndjson || input.format == nil ? "\(name):\(origin.line)" : name
    }
}
