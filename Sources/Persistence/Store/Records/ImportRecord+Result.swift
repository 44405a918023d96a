package import Knowledge

extension ImportRecord {
    /// How many failures a result names.
    package static let failureLimit = 100

    /// How many failures its own result names. Who asks the store for more has it look for what is not there.
    package var failuresToName: Int { min(Self.failureLimit, counts.failed) }

    /// What the import came to, as its task's `result`. That of a cancelled one counts the children that have not ended as cancelled: nothing else can
    /// happen to them.
    /// - Parameter failures: the first ``failureLimit`` children that failed.
    package func result(failures: [ImportFailure]) -> JSON {
        let cancelled = (state == .cancelled ? counts.children - counts.completed - counts.failed : counts.cancelled) - counts.superseded
        var members: [JSON.Member] = []
        if let name { members.append(.init("name", .string(name))) }
        members += [
            .init("lines", JSON(mark.lines)), .init("accepted", JSON(counts.accepted)), .init("revised", JSON(counts.revised)),
            .init("retried", JSON(counts.retried)), .init("unchanged", JSON(counts.unchanged)), .init("rejected", JSON(counts.rejected)),
            .init("completed", JSON(counts.completed)),
            .init("failed", JSON(counts.failed)), .init("cancelled", JSON(cancelled)), .init("superseded", JSON(counts.superseded))
        ]
        members += receipt.json.members ?? []
        members.append(
            .init(
                "failures",
                .array(
                    failures.map { failure in
                        .object([
                            .init("task_id", JSON(failure.task)), .init("memory_id", JSON(failure.memory)),
                            .init("line", failure.line.map { JSON($0) } ?? .null), .init("error", .string(failure.error))
                        ])
                    })))
        if let warning { members.append(.init("warning", .string(warning))) }
        return .object(members)
    }

    private var warning: String? {
        var sentences: [String] = []
        if counts.memories == 0 { sentences.append("The file held no memories.") }
        if counts.rejected > 0 {
            sentences.append(
                "\(counts.rejected.grouped) \(counts.rejected == 1 ? "line was" : "lines were") rejected; GET /tasks/\(task.id)/rejected says why."
            )
        }
        if counts.superseded > 0 {
            sentences.append(
                counts.superseded == 1
                    ? "1 memory was superseded: it was given other content before it was ingested."
                    : "\(counts.superseded.grouped) memories were superseded: they were given other content before they were ingested."
            )
        }
        if barren > 0 { sentences.append("Nothing was extracted from \(barren.grouped) of \(counts.completed.grouped) memories.") }
        return sentences.isEmpty ? nil : sentences.joined(separator: " ")
    }
}
