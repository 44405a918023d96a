import Knowledge

/// The end of a run, in sums.
struct IngestSummary: Sendable {
    let runID: String
    let tally: Tally
    /// Memories a second.
    let rate: Double
    let seconds: Double

    /// For people.
    var lines: [String] {
        var parts = [(tally.completed, "completed"), (tally.failed, "failed"), (tally.rejected, "rejected")]
        for (count, name) in [
            (tally.cancelled, "cancelled"), (tally.submitted, "submitted, not waited for"), (tally.unchanged, "known already"),
            (tally.superseded, "superseded by newer content"),
            (tally.unwatched, "submitted earlier, not watched")
        ] where count > 0 {
            parts.append((count, name))
        }
        if tally.submitted > 0 { parts.removeAll { $0.1 == "completed" || $0.1 == "failed" } }
        var lines = [
            "\(tally.memories.grouped) \(tally.memories == 1 ? "memory" : "memories"): "
                + parts.map { "\($0.0.grouped) \($0.1)" }.joined(separator: ", ")
        ]
        if tally.submitted == 0 {
            lines.append(tally.receipt.sentence)
        }
        lines.append("\((seconds * 10).rounded() / 10) s" + (rate > 0 ? ", \(IngestStanding.rate(rate))" : ""))
        return lines
    }

    var json: JSON {
        .object(
            [.init("event", "summary"), .init("run_id", JSON(runID)), .init("memories", JSON(tally.memories))] + tally.json
                + [.init("seconds", JSON(rounded: seconds)), .init("rate", JSON(rounded: rate))])
    }

    func print(_ style: OutputStyle) {
        switch style {
        case .json: Terminal.print(json.text)
        case .plain, .terminal: for line in lines { Terminal.print(line) }
        }
    }
}
