import Knowledge

/// Opens a run's inputs, one after the other, and tells what they are.
struct InputReader: Sendable {
    /// What an input turned out to be.
    enum Content: Sendable {
        case memory(WholeFile)
        case lines(LinesInput)
    }

    let plan: IngestPlan
    /// Where memories go: an id, or `default`. `nil` when the command did not say; then a first line may.
    let project: String?
    let priority: String?

    /// - Throws: `CancellationError`. What cannot be read is malformed.
    func open(_ index: Int) async throws -> Content {
        let input = plan.inputs[index]
        do {
            let bytes = ReplayableInput(try InputFile(input.path))
            let probe = try await probe(bytes, input.format)
            let format = input.format ?? (probe.isLines ? .ndjson : .text)
            if format == .ndjson {
                return .lines(
                    LinesInput(
                        bytes: bytes, name: input.name, digest: input.digest, project: project ?? probe.project ?? "default",
                        isEmpty: probe.isBlank))
            }
            return .memory(
                WholeFile(
                    try await bytes.all(limit: WholeFile.limit), format: format, title: input.name, project: project ?? "default",
                    priority: priority))
        } catch let error as FileError {
            return .memory(WholeFile(malformed: error.description))
        }
    }

    /// Looks into the input only when it matters: a terminal's first line should not be waited for without need.
    private func probe(_ bytes: ReplayableInput, _ format: InputFormat?) async throws -> InputProbe {
        switch format {
        case nil: try await InputProbe(of: bytes)
        case .ndjson where bytes.length != nil || project == nil: try await InputProbe(of: bytes)
        default: InputProbe()
        }
    }
}

/// An input with one memory a line, to be imported.
struct LinesInput: Sendable {
    let bytes: ReplayableInput
    /// The import's name.
    let name: String
    /// Stands in its idempotency key.
    let digest: String
    /// An id, or `default`.
    let project: String
    /// Whether it is known to hold nothing but blank lines.
    let isEmpty: Bool
}
