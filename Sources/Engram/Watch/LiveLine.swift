/// The one line at the bottom of a terminal that is drawn again and again, on standard error.
struct LiveLine: Sendable {
    private var text = ""

    /// Draws `line`, unless it stands there already.
    mutating func draw(_ line: ProgressLine) {
        let new = line.rendered(width: Terminal.width(of: .errors), color: Environment.value("NO_COLOR") == nil)
        guard new != text else { return }
        text = new
        Terminal.write("\r\u{1B}[2K" + new, to: .errors)
    }

    /// Puts a line that stays above the live one.
    mutating func put(_ line: String, to channel: Terminal.Channel) {
        let live = text
        clear()
        Terminal.print(line, to: channel)
        text = live
        if !live.isEmpty { Terminal.write(live, to: .errors) }
    }

    /// Removes the live line.
    mutating func clear() {
        guard !text.isEmpty else { return }
        text = ""
        Terminal.write("\r\u{1B}[2K", to: .errors)
    }
}

/// How a command shows its progress.
enum OutputStyle: Sendable {
    /// A live bar on standard error; it is a terminal.
    case terminal
    /// Whole lines on standard output.
    case plain
    /// NDJSON on standard output.
    case json

    static func current(json: Bool) -> OutputStyle {
        if json { return .json }
        return Terminal.Channel.errors.isTerminal && Environment.value("TERM") != "dumb" ? .terminal : .plain
    }
}
