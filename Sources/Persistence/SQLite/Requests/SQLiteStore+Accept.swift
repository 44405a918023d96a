import GRDB
package import Knowledge
package import Persistence

extension SQLiteStore {
    package func accept(_ submission: Submission) async throws -> Acceptance {
        let (epoch, numbers) = (self.epoch, self.numbers)
        return try await write(.accept) { try $0.accept(submission, epoch: epoch, numbers) }
    }

    package func submit(_ submission: TaskSubmission) async throws -> TaskRecord {
        let numbers = self.numbers
        return try await write(.accept) { try $0.submit(submission, numbers) }
    }

    package func pruneIdempotencyKeys(before moment: Timestamp, limit: Int) async throws -> Int {
        try await write { db in
            try db.run(
                """
                DELETE FROM idempotency_keys WHERE (scope, key) IN (
                    SELECT scope, key FROM idempotency_keys WHERE used_at < ? ORDER BY used_at LIMIT ?)
                """, moment, max(0, limit))
        }
    }
}

extension Database {
    /// Adds a waiting task, last in its lane. The only place where one comes into being.
    func insertTask(
        _ number: TaskNumber, id: Identifier, type: TaskType, _ lane: Lane, memory: MemoryNumber? = nil, parent: TaskNumber? = nil,
        at: Timestamp
    ) throws {
        try run(
            """
            INSERT INTO tasks (number, id, type, project, priority, place, status, revision, attempt, earlier_attempts, memory, parent, stage,
                progress, ended_epoch, is_resumed, created_at, queued_at)
            VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0, 0, ?, ?, 'pending', 0, 0, 0, ?, ?)
            """, number, id, type, lane.project, lane.priority, number, memory, parent, at, at)
    }

    func submit(_ submission: TaskSubmission, _ numbers: NumberSource) throws -> TaskRecord {
        guard try first("SELECT 1 FROM projects WHERE number = ?", submission.project, read: { try $0.next(Int.self) }) != nil else {
            throw StoreError.notFound("project")
        }
        guard try task(submission.id) == nil else { throw StoreError.idTaken("task") }
        let number = numbers.task()
        try insertTask(
            number, id: submission.id, type: submission.type, Lane(project: submission.project, priority: submission.priority),
            parent: submission.parent, at: submission.at)
        guard let task = try task(number) else { throw StoreError.notFound("task") }
        return task
    }

    /// Takes one memory in, as ``MemoryStore/accept(_:)`` says. Throws before it has written anything.
    func accept(_ submission: Submission, epoch: Int64, _ numbers: NumberSource) throws -> Acceptance {
        guard try first("SELECT 1 FROM projects WHERE number = ?", submission.project, read: { try $0.next(Int.self) }) != nil else {
            throw StoreError.notFound("project")
        }
        if let idempotency = submission.idempotency, let answer = try answer(to: idempotency) { return answer }
        if let externalID = submission.externalID, let memory = try known(by: externalID, submission) {
            guard let record = memory.revised else { return .existing(memory.record) }
            let revision = try revise(
                memory.record, to: record, contentHash: submission.contentHash, task: submission.taskID, priority: submission.priority,
                parent: submission.parent, at: submission.at, epoch: epoch, numbers)
            if let idempotency = submission.idempotency, let answer = idempotency.revisionAnswer?(revision.memory) {
                try keep(idempotency, answer: answer, task: submission.taskID, at: submission.at)
            }
            return .revised(revision)
        }
        let memory = numbers.memory()
        let task = numbers.task()
        do {
            try insert(submission, memory, task)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
            throw StoreError(.unavailable, "There is a memory or task of this id already.", cause: error)
        }
        return .created(memory, task)
    }

    /// The memory of this external id, and what it becomes by the submission; `nil` if that has the same content.
    private func known(by externalID: String, _ submission: Submission) throws -> (record: MemoryRecord, revised: MemoryRecord?)? {
        let found = try first(
            "SELECT number, content_hash FROM memories WHERE project = ? AND external_id = ?", submission.project, externalID
        ) { (number: try $0.next(MemoryNumber.self), hash: try $0.next([UInt8]?.self)) }
        guard let found, let record = try memory(found.number) else { return nil }
        let isSame =
            if let hash = found.hash, let other = submission.contentHash {
                hash == other
            } else {
                record.episode.hashedBytes == submission.episode.hashedBytes
            }
        return (record, isSame ? nil : submission.applied(to: record))
    }

    /// What was answered when the key was used before.
    /// - Throws: `idempotencyMismatch`.
    func answer(to idempotency: Submission.Idempotency) throws -> Acceptance? {
        let kept = try first(
            "SELECT fingerprint, answer, task FROM idempotency_keys WHERE scope = ? AND key = ?", idempotency.scope, idempotency.key
        ) { cells in
            (fingerprint: try cells.next([UInt8].self), answer: try cells.next([UInt8].self), task: try cells.next(Identifier.self))
        }
        guard let kept else { return nil }
        guard kept.fingerprint == idempotency.fingerprint else {
            throw StoreError(.idempotencyMismatch, "The idempotency key was used with another body.")
        }
        return .replayed(answer: kept.answer, task: kept.task)
    }

    private func insert(_ submission: Submission, _ memory: MemoryNumber, _ task: TaskNumber) throws {
        let episode = submission.episode
        try run(
            """
            INSERT INTO memories (number, id, project, task, title, content_type, occurred_at, tags, collaborators, is_public, metadata,
                external_id, author, version, source, supplied, created_at, updated_at, content, content_hash)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?)
            """,
            memory, submission.memoryID, submission.project, task, episode.title, episode.contentType, episode.occurredAt,
            StringsText(submission.tags), StringsText(submission.collaborators), submission.isPublic, submission.metadata,
            submission.externalID, submission.authorID, submission.source, SuppliedText(episode), submission.at, submission.at,
            episode.content, submission.contentHash)
        try insertTask(
            task, id: submission.taskID, type: .addEpisode, Lane(project: submission.project, priority: submission.priority),
            memory: memory, parent: submission.parent, at: submission.at)
        if let idempotency = submission.idempotency {
            try keep(idempotency, answer: idempotency.answer, task: submission.taskID, at: submission.at)
        }
    }

    func keep(_ idempotency: Submission.Idempotency, answer: [UInt8], task: Identifier, at: Timestamp) throws {
        try run(
            "INSERT INTO idempotency_keys (scope, key, fingerprint, answer, task, used_at) VALUES (?, ?, ?, ?, ?, ?)", idempotency.scope,
            idempotency.key, idempotency.fingerprint, answer, task, at)
    }

    func forget(_ idempotency: Submission.Idempotency) throws {
        try run("DELETE FROM idempotency_keys WHERE scope = ? AND key = ?", idempotency.scope, idempotency.key)
    }
}
