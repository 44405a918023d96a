/// A line that shows how far something is: a bar, the percentage, counts and a message, fitted to a terminal's width.
struct ProgressLine: Equatable, Sendable {
    /// 0…1; `nil` when the whole is not known.
    var fraction: Double?
    /// Numbers, as `420/1,000 done`; may be empty.
    var counts: String
    /// What is going on; the first to be cut.
    var message: String

    /// The line in at most `width - 1` columns: a full last column would make some terminals wrap. Each character counts as one
    /// column, so that wide ones may be cut late.
    /// - Parameter color: whether escape sequences for colour may be used; they take no columns.
    func rendered(width: Int, color: Bool) -> String {
        let room = max(0, width - 1)
        let text = plain
        let cells = fraction == nil || room < text.count + 14 ? 0 : min(30, max(10, (room - text.count - 2) / 3))
        var line = text
        let left = room - (cells == 0 ? 0 : cells + 1) - text.count
        let message = message.printable
        if left > 4, !message.isEmpty {
            line += (text.isEmpty ? "" : "  ") + Self.cut(message, to: left - (text.isEmpty ? 0 : 2))
        }
        if cells == 0 { return Self.cut(line, to: room) }
        return Self.bar(fraction ?? 0, cells: cells, color: color) + " " + line
    }

    /// The percentage and the counts, without bar and message.
    var plain: String {
        var head = ""
        if let fraction {
            let percent = String(Int((max(0, min(1, fraction)) * 100).rounded(.down)))
            head = String(repeating: " ", count: max(0, 3 - percent.count)) + "\(percent) %"
        }
        return [head, counts.printable].filter { !$0.isEmpty }.joined(separator: "  ")
    }

    private static func bar(_ fraction: Double, cells: Int, color: Bool) -> String {
        let full = Int((max(0, min(1, fraction)) * Double(cells)).rounded(.down))
        let done = String(repeating: "━", count: full)
        let rest = String(repeating: color ? "━" : "─", count: cells - full)
        return color ? "\u{1B}[32m\(done)\u{1B}[90m\(rest)\u{1B}[0m" : done + rest
    }

    private static func cut(_ text: String, to count: Int) -> String {
        guard text.count > count else { return text }
        return count < 1 ? "" : text.prefix(count - 1) + "…"
    }
}

extension BinaryInteger {
    /// The number with a comma between groups of three digits.
    var grouped: String {
        let digits = String(magnitude)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return self < 0 ? "-" + text : text
    }
}
