import Knowledge

/// What a run shows, in one of three styles. It decides what is worth a line; the recorder tells it what happens.
struct IngestDisplay: Sendable {
    let style: OutputStyle
    let plan: IngestPlan

    /// What is going on.
    var message = ""
    private var live = LiveLine()
    private var lastStage = ""
    private var isSingle = false
    private var absence = Absence()
    private var highest: Double?
    private var lastLine: (at: ContinuousClock.Instant, standing: IngestStanding)?

    init(style: OutputStyle, plan: IngestPlan) {
        self.style = style
        self.plan = plan
    }

    /// How many lines about memories that were rejected or failed an input may fill; a terminal is not for a million.
    var lineLimit: Int? { style == .terminal ? 20 : nil }

    /// There was a sign of life.
    mutating func contact() {
        absence.ended()
    }

    /// The run is one memory, whose stages are going to be shown instead of counts.
    mutating func expectStages() {
        isSingle = true
    }

    mutating func trouble(_ error: any Error, at now: ContinuousClock.Instant) {
        absence.failed(error, at: now)
    }

    /// A line about a memory that did not make it, with what `--json` says of it.
    mutating func loss(_ event: String, _ origin: Origin, _ reason: String, _ more: [JSON.Member] = []) {
        if style == .json {
            emit(event, origin, [.init("error", JSON(reason))] + more)
        } else {
            put("\(place(origin)): \(event): \(reason.printable)", to: .errors)
        }
    }

    /// A line for people, about an input.
    mutating func note(_ input: Int, _ text: String) {
        if style != .json { put("\(place(Origin(input: input, line: nil))): \(text.printable)", to: .errors) }
    }

    /// A line for programs.
    func emit(_ event: String, _ origin: Origin, _ more: [JSON.Member]) {
        guard style == .json else { return }
        Terminal.print(JSON.object([.init("event", JSON(event))] + members(origin) + more).text)
    }

    /// A change of a task.
    /// - Parameters:
    ///   - event: what `--json` calls it, instead of its kind.
    ///   - isOnly: whether it is the only memory, whose stages are worth showing.
    mutating func update(_ input: Int, _ task: Identifier, _ update: TaskUpdate, as event: String? = nil, isOnly: Bool) {
        absence.ended()
        isSingle = isOnly
        if style == .json {
            Terminal.print(update.json(members(Origin(input: input, line: nil)) + [.init("task_id", JSON(task))], as: event).text)
            return
        }
        // What moves is of interest, not what waits or has ended.
        if update.kind == .progress, update.progress > 0, !update.message.isEmpty { message = update.message }
        guard isOnly, update.line != lastStage else { return }
        lastStage = update.line
        put(update.line, to: style == .terminal ? .errors : .output)
        if let warning = update.result?["warning"]?.string { put("Warning: \(warning.printable)", to: .errors) }
    }

    /// Shows how far the run is: always on a terminal; as a line when two seconds or five percent have passed, or it is the last.
    mutating func tick(_ standing: IngestStanding, at now: ContinuousClock.Instant, isLast: Bool = false) {
        if let line = absence.announcement(at: now) { put(line, to: .errors) }
        // As long as the total is an estimate, it may grow; what was shown does not go back.
        if let fraction = standing.fraction { highest = max(highest ?? 0, fraction) }
        switch style {
        case .json: break
        case .terminal:
            let news = absence.isAnnounced ? "waiting for the server" : message
            live.draw(ProgressLine(fraction: highest, counts: isSingle ? "" : standing.counts, message: isSingle ? "" : news))
        case .plain:
            guard !isSingle, isWorthALine(standing, now) || isLast else { return }
            let line = ProgressLine(fraction: highest, counts: standing.counts, message: "").plain
            // The rate in it moves without any news.
            guard !isLast || lastLine.map({ $0.standing.isElsewhere(than: standing) }) ?? (standing.submitted > 0) else { return }
            lastLine = (now, standing)
            Terminal.print(line)
        }
    }

    private func isWorthALine(_ standing: IngestStanding, _ now: ContinuousClock.Instant) -> Bool {
        guard let last = lastLine else { return standing.submitted > 0 }
        guard (standing.ended, standing.submitted) != (last.standing.ended, last.standing.submitted) else { return false }
        if last.at.duration(to: now) >= .seconds(2) { return true }
        guard let before = last.standing.fraction, let fraction = standing.fraction else { return false }
        return Int(fraction * 20) > Int(before * 20)
    }

    mutating func end() {
        live.clear()
    }

    private mutating func put(_ line: String, to channel: Terminal.Channel) {
        if style == .terminal { live.put(line, to: channel) } else { Terminal.print(line, to: channel) }
    }

    private func members(_ origin: Origin) -> [JSON.Member] {
        var members: [JSON.Member] = [.init("file", JSON(plan.inputs[origin.input].path))]
        if let line = origin.line { members.append(.init("line", JSON(line))) }
        return members
    }

    private func place(_ origin: Origin) -> String {
        let input = plan.inputs[origin.input]
        let name = (input.path == "-" ? input.name : input.path).printable
        return origin.line.map { "\(name):\($0)" } ?? name
    }
}
