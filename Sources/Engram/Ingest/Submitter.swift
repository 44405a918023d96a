import Knowledge

/// Submits a run's inputs in their order, each after the server has all of the one before.
struct Submitter: Sendable {
    let client: EngramClient
    let recorder: IngestRecorder
    let reader: InputReader
    let uploader: ImportUploader
    /// As it stood when this part of the run began.
    let journal: RunJournal
    let patience: Duration

    /// Submits everything behind what has ended already.
    /// - Throws: ``ContractError`` or ``ImportConflict`` when that has changed; as ``ImportUploader/submit(_:as:)``.
    func submit() async throws {
        var digest = try await skip()
        for index in journal.settled.count..<reader.plan.inputs.count {
            let content = try await reader.open(index)
            digest.add(content)
            if index + 1 == journal.accepted.count, journal.isOutOfReach(index, at: .now), digest != journal.accepted.digest {
                throw changed(journal.accepted.count)
            }
            let input = await recorder.read(digest)
            switch content {
            case .memory(let file): try await submit(file, as: input)
            case .lines(let lines): try await uploader.submit(lines, as: input)
            }
        }
    }

    /// Reads over what an interrupted run has done already.
    /// - Returns: the digest of it.
    private func skip() async throws -> Digest {
        let mark = journal.settled
        var digest = Digest()
        guard mark.count > 0 else { return digest }
        for index in 0..<mark.count {
            let content = try await reader.open(index)
            digest.add(content)
            if case .lines(let lines) = content { try await uploader.check(lines, against: journal.imports[index]?.upload) }
        }
        guard digest == mark.digest else { throw changed(mark.count) }
        return digest
    }

    private func changed(_ count: Int) -> ContractError {
        ContractError(
            description: "The first \(count == 1 ? "input is" : "\(count.grouped) inputs are") not what the interrupted run "
                + "\(journal.runID) has read. To start over, which submits them again, give --new-run, or a --run-id that was not used before."
        )
    }

    private func submit(_ file: WholeFile, as input: Ledger.Ordinal) async throws {
        switch file.content {
        case .malformed(let reason):
            await recorder.rejected(input, reason, nil)
        case .body where journal.isOutOfReach(input, at: .now):
            await recorder.settle(input, .unwatched)
        case .body(let body):
            // An answer that was lost on the way is asked for again with the same key.
            let key = "\(journal.runID):\(reader.plan.inputs[input].digest):1"
            do {
                let answer = try await retrying(
                    patience: patience, onTrouble: { await recorder.trouble($0) },
                    request: { try await client.send(.post, "/memories/", body: body, idempotencyKey: key) })
                try await recorder.accepted(input, answer)
            } catch let problem as ProblemError where !problem.isNotAllowed && !problem.isTransient {
                await recorder.rejected(input, problem.description, problem)
            }
        }
    }
}

extension Digest {
    /// Adds what an input holds. What is imported counts by its kind alone: the server knows its bytes.
    fileprivate mutating func add(_ content: InputReader.Content) {
        switch content {
        case .memory(let file): add(file.digest.description.utf8)
        case .lines: add("lines".utf8)
        }
    }
}
