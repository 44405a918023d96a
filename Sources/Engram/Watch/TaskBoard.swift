import Knowledge

/// Shows one task: each stage as it comes, and on a terminal a bar below.
actor TaskBoard {
    private let task: String
    private let style: OutputStyle
    private var live = LiveLine()
    private var shown = ""
    private var bar: ProgressLine?
    private var absence = Absence()
    private let clock = ContinuousClock()

    init(task: String, style: OutputStyle) {
        self.task = task
        self.style = style
    }

    func show(_ update: TaskUpdate) {
        absence.ended()
        if style == .json {
            Terminal.print(update.json([.init("task_id", JSON(task))]).text)
            return
        }
        let line = update.line
        bar = ProgressLine(fraction: Double(update.progress) / 100, counts: "", message: "")
        guard line != shown else { return }
        shown = line
        put(line)
    }

    func trouble(_ error: any Error) {
        absence.failed(error, at: clock.now)
    }

    /// Says how the task ended, and removes the bar.
    func end(_ update: TaskUpdate) {
        bar = nil
        live.clear()
        guard style != .json else { return }
        if let error = update.error { Terminal.print("Failed: \(error.printable)", to: style == .terminal ? .errors : .output) }
        if let warning = update.result?["warning"]?.string { put("Warning: \(warning.printable)") }
        if let receipt = update.result.map(Receipt.init), update.kind == .completed, update.result?["entities_created"] != nil {
            Terminal.print(receipt.sentence)
        }
    }

    /// Draws the bar anew; called ten times a second.
    func tick() {
        if let line = absence.announcement(at: clock.now) {
            if style == .terminal { live.put(line, to: .errors) } else { Terminal.print(line, to: .errors) }
        }
        guard style == .terminal, let bar else { return }
        live.draw(bar)
    }

    func clear() {
        live.clear()
    }

    private func put(_ line: String) {
        if style == .terminal { live.put(line, to: .errors) } else { Terminal.print(line) }
    }
}
