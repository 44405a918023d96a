import Knowledge

/// Tells which lines an import could not accept, and why.
struct RejectionReport: Sendable {
    let client: EngramClient
    let recorder: IngestRecorder
    let patience: Duration

    /// Reads them as they come and shows them, as many as are worth showing.
    /// - Parameter count: how many there are, by the server's counts.
    /// - Throws: as ``EngramClient/lines(_:onLine:)``, except for a refusal, which is told instead.
    func tell(_ task: String, of input: Ledger.Ordinal, count: Int) async throws {
        let path = "/tasks/\(task.percentEncoded)/rejected"
        let limit = await recorder.lineLimit ?? .max
        var shown = 0
        do {
            try await retrying(
                patience: patience, onTrouble: { await recorder.trouble($0) },
                request: {
                    var position = 0
                    try await client.lines(path) { line in
                        guard shown < limit else { return false }
                        position += 1
                        // A second attempt begins at the front.
                        guard position > shown else { return true }
                        try await show(line, of: input)
                        shown += 1
                        return true
                    }
                })
        } catch let problem as ProblemError where !problem.isNotAllowed {
            await recorder.note(input, "its rejected lines cannot be read: \(problem)")
        }
        if count > shown {
            await recorder.note(
                input, "\((count - shown).grouped) more rejected; all of them: GET \(client.address.base)/api/v1\(path)")
        }
    }

    private func show(_ line: LineSplitter.Line, of input: Ledger.Ordinal) async throws {
        guard case .bytes(let bytes) = line else { return }
        let json: JSON
        do {
            json = try bytes.withUnsafeBytes { bytes throws(JSONSyntaxError) in try JSON.parse(bytes) }
        } catch {
            throw ContractError(description: "A rejected line is not given as JSON: \(error).")
        }
        await recorder.rejectedLine(
            input, json["line"]?.integer.map { Int(clamping: $0) }, json["error"]?.string ?? "no reason was given")
    }
}
