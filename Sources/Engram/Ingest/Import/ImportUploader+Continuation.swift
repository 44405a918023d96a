/// What happens to an input that an earlier part of the run has uploaded: it is compared with what the server took, so that nothing is stored twice and
/// nothing is passed over without a word.
extension ImportUploader {
    /// - Parameter standing: how the import stands that was made of the input.
    /// - Throws: ``ImportConflict`` if the input is another one.
    func check(_ lines: LinesInput, against standing: ImportSums) async throws {
        guard let content = standing.content, try await lines.bytes.agrees(with: content, isWhole: standing.isComplete) else {
            throw ImportConflict.changed(lines.name, run: runID)
        }
    }

    /// - Parameter uploaded: what the journal says of it, if anything.
    /// - Throws: as above.
    func check(_ lines: LinesInput, against uploaded: ImportEntry.Upload?) async throws {
        guard let uploaded else { return }
        guard try await lines.bytes.agrees(with: uploaded.content, isWhole: true) else {
            throw ImportConflict.changed(lines.name, run: runID)
        }
    }

    /// There is no such import at the server any more.
    ///
    /// With its project went all that it brought, or it is another server: then the input starts anew. Where the project is still there the import
    /// alone was forgotten, a time after its end, and its memories were not.
    /// - Returns: whether the input is to be imported anew.
    /// - Throws: ``ImportConflict`` where nobody knows how far it came, or the input is another one now.
    func isToStartAnew(_ lines: LinesInput, _ input: Ledger.Ordinal, _ target: ImportEntry.Target) async throws -> Bool {
        let entry = await recorder.entry(of: input)
        guard try await isThere(projectOf: target) else {
            await recorder.note(input, "its import is gone from the server with all it had brought; it is imported anew")
            await recorder.setEntry(entry.replacement, of: input)
            return true
        }
        guard let uploaded = entry.upload else { throw ImportConflict.forgotten(lines.name, run: runID) }
        try await check(lines, against: uploaded)
        await recorder.note(
            input,
            "all of it was uploaded, and the server has forgotten the import since, as it does some time after its end: how it ended "
                + "cannot be told")
        await recorder.settle(input, .imported(recorder.waits ? uploaded.tally.forgotten : uploaded.tally))
        return false
    }

    private func isThere(projectOf target: ImportEntry.Target) async throws -> Bool {
        guard let project = target.project else { return true }
        do {
            _ = try await patiently { try await client.send(.get, "/projects/\(project)") }
            return true
        } catch let problem as ProblemError where problem.status == 404 {
            return false
        }
    }
}
