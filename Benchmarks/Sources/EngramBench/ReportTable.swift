/// A report as text for people.
enum ReportTable {
    static func heading(_ report: RunReport) -> String {
        "engram-bench, \(report.startedAt)\n\(report.machine.description)\n"
    }

    static func text(_ report: ScenarioReport) -> String {
        var lines = ["\n── \(report.scenario) " + String(repeating: "─", count: max(0, 74 - report.scenario.count))]
        for figure in report.figures {
            var line = "  " + pad(figure.name, to: 42) + pad(figure.value.map(format) ?? "–", to: 12, right: true)
            line += " " + pad(figure.unit, to: 6)
            if let target = figure.target, let met = figure.targetMet {
                let sign = target.direction == .atLeast ? "≥" : "≤"
                line += "  target \(sign) \(format(target.value)): \(met ? "met" : "MISSED")"
            }
            lines.append(line)
        }
        for check in report.checks {
            lines.append("  \(check.passed ? "✓" : "✗ FAILED:") \(check.statement): \(check.detail)")
        }
        for note in report.notes { lines.append("  · \(note)") }
        if let failure = report.failure { lines.append("  ✗ BROKE OFF: \(failure)") }
        if let load = report.load {
            lines.append(
                "  · \(format(report.seconds)) s; cores used of \(load.cores): server \(format(load.server)), "
                    + "client \(format(load.client)), others \(format(load.others)); "
                    + "load average \(format(load.averageBefore)) → \(format(load.averageAfter))")
            if load.isDisturbed { lines.append("  ! DISTURBED: other programs used the processors meanwhile") }
        }
        return lines.joined(separator: "\n")
    }

    /// Three significant digits, or the whole part if it has more, in groups of three.
    static func format(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        let size = abs(value)
        if size >= 100 || value == value.rounded() {
            return grouped(Int(value.rounded()))
        }
        let digits = size >= 10 ? 1 : size >= 1 ? 2 : 3
        var scale = 1
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int((size * Double(scale)).rounded())
        let fraction = String(scaled % scale)
        let zeros = String(repeating: "0", count: digits - fraction.count)
        return (value < 0 ? "-" : "") + "\(scaled / scale)." + zeros + fraction
    }

    private static func grouped(_ value: Int) -> String {
        var text = ""
        for (offset, digit) in String(value.magnitude).reversed().enumerated() {
            if offset > 0, offset.isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return (value < 0 ? "-" : "") + String(text.reversed())
    }

    private static func pad(_ text: String, to width: Int, right: Bool = false) -> String {
        let space = String(repeating: " ", count: max(0, width - text.count))
        return right ? space + text : text + space
    }
}
