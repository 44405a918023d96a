import GRDB
package import Knowledge
package import Persistence

extension SQLiteStore {
    package func beginImport(_ submission: ImportSubmission) async throws -> ImportRecord {
        let numbers = self.numbers
        return try await write(.accept) { try $0.beginImport(submission, numbers) }
    }

    package func importRecord(of task: Identifier) async throws -> ImportRecord? {
        try await read { db in
            try db.first("SELECT \(ImportRecord.columns) FROM \(ImportRecord.tables) WHERE t.id = ? AND t.number = i.task", task) {
                try ImportRecord(&$0)
            }
        }
    }

    package func unfinishedImports() async throws -> [ImportRecord] {
        try await read { db in
            let sql = """
                SELECT \(ImportRecord.columns) FROM \(ImportRecord.tables) WHERE i.state <> 3 AND i.state < 3 AND t.number = i.task ORDER BY i.task
                """
            return try db.all(sql) { try ImportRecord(&$0) }
        }
    }

    package func closeImport(_ task: TaskNumber, fault: String, at: Timestamp) async throws -> ImportRecord {
        try await write { db in
            guard let record = try db.importRecord(task) else { throw StoreError.notFound("import") }
            guard record.state == .open else { return record }
            try db.run("UPDATE imports SET state = 1, fault = ?, changed_at = ? WHERE task = ?", fault, at, task)
            return try db.importRecord(task) ?? record
        }
    }

    package func finishImport(_ record: ImportRecord, _ ending: TaskEnding) async throws -> TaskRecord {
        let epoch = self.epoch
        return try await write { db in
            guard let now = try db.importRecord(record.task.number), now.state == .closed, now.counts == record.counts,
                try db.end(TaskGuard(record.task), ending, epoch: epoch), let task = try db.task(record.task.number)
            else { throw StoreError.lostRace }
            try db.run("UPDATE imports SET state = 3, changed_at = ? WHERE task = ?", ending.at, task.number)
            return task
        }
    }

    package func reopenImport(_ task: Identifier, at: Timestamp) async throws -> (record: ImportRecord, children: [TaskStatus]) {
        try await write(.retry) { db in
            guard let number = try db.task(task)?.number, let record = try db.importRecord(number) else {
                throw StoreError.notFound("import")
            }
            if let obstacle = record.obstacleToRetry { throw StoreError(.notRetryable, obstacle) }
            try db.run("UPDATE imports SET state = 1, changed_at = ? WHERE task = ?", at, number)
            try db.run(
                """
                UPDATE tasks SET status = 1, revision = revision + 1, attempt = attempt + 1, stage = 'pending', progress = 0, ended_epoch = 0,
                    started_at = ?, ended_at = NULL
                WHERE number = ?
                """, at, number)
            try db.run("UPDATE task_reports SET message = ?, error = NULL, result = NULL WHERE task = ?", TaskRecord.queuedMessage, number)
            guard let reopened = try db.importRecord(number) else { throw StoreError.notFound("import") }
            return (reopened, record.statusesToRetry)
        }
    }

    package func cancelChildren(of task: TaskNumber, after last: TaskNumber, limit: Int, at: Timestamp) async throws -> CancelledChildren {
        let epoch = self.epoch
        return try await write { db in
            guard try db.isBeingCancelled(task) else { return CancelledChildren(tasks: [], last: nil) }
            let children = try db.all(
                "SELECT number, status FROM tasks WHERE parent = ? AND number > ? AND type = 'add_episode' ORDER BY number LIMIT ?", task,
                last,
                max(0, limit)
            ) { (number: try $0.next(TaskNumber.self), status: try $0.next(TaskStatus.self)) }
            var cancelled: [TaskRecord] = []
            for child in children where !child.status.isTerminal {
                if let task = try db.cancel(child.number, epoch: epoch, at: at) { cancelled.append(task) }
            }
            guard children.count < limit else { return CancelledChildren(tasks: cancelled, last: children.last?.number) }
            try db.run("UPDATE imports SET state = 3, changed_at = ? WHERE task = ?", at, task)
            return CancelledChildren(tasks: cancelled, last: nil)
        }
    }

    package func importFailures(of task: TaskNumber, limit: Int) async throws -> [ImportFailure] {
        try await read { db in try db.isLive("tasks", task) ? db.importFailures(of: task, limit: limit) : [] }
    }

    package func rejectedLines(of task: TaskNumber, after line: Int, limit: Int) async throws -> [RejectedLine] {
        try await read { db in
            guard try db.isLive("tasks", task) else { return [] }
            // The sizes are in the index: what would be too much is not read.
            let sizes = try db.all(
                "SELECT line, size FROM rejected_lines WHERE import = ? AND line > ? ORDER BY line LIMIT ?", task, line, max(0, limit)
            ) { (line: try $0.next(Int.self), size: try $0.next(Int.self)) }
            var total = 0
            let page = sizes.prefix {
                total += $0.size; return total <= RejectedLine.contentLimit || total == $0.size
            }
            guard let last = page.last else { return [] }
            return try db.all(
                "SELECT line, error, content FROM rejected_lines WHERE import = ? AND line > ? AND line <= ? ORDER BY line", task, line,
                last.line
            ) { RejectedLine(line: try $0.next(), error: try $0.next(), content: try $0.next()) }
        }
    }

    package func importedMemories(of task: TaskNumber, after last: MemoryNumber, limit: Int) async throws -> [ImportedMemory] {
        try await read { db in
            let sql = """
                SELECT m.number, m.id, i.version, m.version = i.version FROM imported_memories i CROSS JOIN memories m ON m.number = i.memory
                WHERE i.import = ? AND i.memory > ? AND i.is_new ORDER BY i.memory LIMIT ?
                """
            guard try db.isLive("tasks", task) else { return [] }
            return try db.all(sql, task, last, max(0, limit)) {
                ImportedMemory(number: try $0.next(), id: try $0.next(), version: try $0.next(), isUntouched: try $0.next())
            }
        }
    }

    package func pruneImports(limit: Int) async throws -> Int {
        let limit = max(0, limit)
        return try await write { db in
            guard
                let task = try db.first(
                    "SELECT task FROM imports WHERE state <> 3 AND state = 4 LIMIT 1", read: { try $0.next(TaskNumber.self) })
            else { return 0 }
            let lines = try db.run(
                "DELETE FROM rejected_lines WHERE rowid IN (SELECT rowid FROM rejected_lines WHERE import = ? LIMIT ?)", task, limit)
            let memories = try db.run(
                """
                DELETE FROM imported_memories WHERE import = ?1 AND memory IN (
                    SELECT memory FROM imported_memories WHERE import = ?1 LIMIT ?2)
                """, task, limit)
            guard lines < limit, memories < limit else { return lines + memories }
            return lines + memories + (try db.run("DELETE FROM imports WHERE task = ?", task))
        }
    }
}

extension Database {
    fileprivate func beginImport(_ submission: ImportSubmission, _ numbers: NumberSource) throws -> ImportRecord {
        guard try first("SELECT 1 FROM projects WHERE number = ?", submission.project, read: { try $0.next(Int.self) }) != nil else {
            throw StoreError.notFound("project")
        }
        if let idempotency = submission.idempotency, case .replayed(_, let task)? = try answer(to: idempotency) {
            if let number = try self.task(task)?.number, let record = try importRecord(number) { return record }
            try forget(idempotency)
        }
        guard try task(submission.id) == nil else { throw StoreError.idTaken("task") }
        if let idempotency = submission.idempotency { try keep(idempotency, answer: [], task: submission.id, at: submission.at) }
        let number = numbers.task()
        try run(
            """
            INSERT INTO tasks (number, id, type, project, priority, place, status, revision, attempt, stage, progress, ended_epoch, is_resumed,
                created_at, queued_at, started_at)
            VALUES (?, ?, 'import', ?, 1, ?, 1, 1, 1, 'pending', 0, 0, 0, ?, ?, ?)
            """, number, submission.id, submission.project, number, submission.at, submission.at, submission.at)
        try run(
            "INSERT INTO imports (task, name, state, is_resumable, total_bytes, changed_at) VALUES (?, ?, 0, ?, ?, ?)", number,
            submission.name, submission.isResumable, submission.totalBytes, submission.at)
        guard let record = try importRecord(number) else { throw StoreError.notFound("import") }
        return record
    }

    /// Takes note that the task of an import was cancelled, and stores what it came to.
    /// - Returns: the children that were being processed, cancelled too.
    func cancelImport(_ task: TaskRecord, epoch: Int64, at: Timestamp) throws -> [TaskRecord] {
        try run(
            "UPDATE imports SET fault = iif(state = 0, ?, fault), state = 2, changed_at = ? WHERE task = ?", ImportRecord.cancelledFault,
            at,
            task.number)
        let running = try all(
            """
            SELECT number FROM tasks INDEXED BY tasks_processing WHERE status = 1 AND project = ? AND parent = ? AND type = 'add_episode'
            ORDER BY number
            """, task.project, task.number
        ) { try $0.next(TaskNumber.self) }
        let children = try running.compactMap { try cancel($0, epoch: epoch, at: at) }
        guard let record = try importRecord(task.number) else { return children }
        let failures = try importFailures(of: task.number, limit: record.failuresToName)
        try run("UPDATE task_reports SET result = ? WHERE task = ?", record.result(failures: failures), task.number)
        return children
    }

    /// Goes through all later failures of the project until it has as many as asked for.
    fileprivate func importFailures(of task: TaskNumber, limit: Int) throws -> [ImportFailure] {
        guard limit > 0 else { return [] }
        let sql = """
            SELECT t.id, m.id, i.line, r.error FROM tasks t INDEXED BY tasks_failed LEFT JOIN memories m ON m.number = t.memory
                LEFT JOIN imported_memories i ON i.import = t.parent AND i.memory = t.memory LEFT JOIN task_reports r ON r.task = t.number
            WHERE t.status = 3 AND t.project = (SELECT project FROM tasks WHERE number = ?) AND t.number > ? AND t.parent = ?
                AND t.type = 'add_episode'
            ORDER BY t.number LIMIT ?
            """
        return try all(sql, task, task, task, limit) { cells in
            ImportFailure(
                task: try cells.next(), memory: try cells.next(), line: try cells.next(), error: try cells.next(String?.self) ?? "")
        }
    }

    /// Whether children of this import must not start any more.
    func isBeingCancelled(_ task: TaskNumber) throws -> Bool {
        try first("SELECT 1 FROM imports WHERE task = ? AND state = 2", task, read: { try $0.next(Int.self) }) != nil
    }

    /// Whether what this import brought is being removed, or is to be.
    func isBeingRemoved(_ task: TaskNumber, of project: ProjectNumber) throws -> Bool {
        let sql = """
            SELECT 1 FROM tasks INDEXED BY tasks_live_chores WHERE project = ? AND status < 2 AND type <> 'add_episode'
                AND type = 'remove_imported' AND parent = ? LIMIT 1
            """
        return try first(sql, project, task, read: { try $0.next(Int.self) }) != nil
    }

    /// Whether this import waits for its children alone.
    func isGoingOn(_ task: TaskNumber) throws -> Bool {
        try first("SELECT 1 FROM imports WHERE task = ? AND state = 1", task, read: { try $0.next(Int.self) }) != nil
    }

    /// Adds to the sums of the import that a completed child belongs to.
    func add(_ receipt: Receipt, to parent: TaskNumber) throws {
        try run(
            """
            UPDATE imports SET entities_created = entities_created + ?, entities_merged = entities_merged + ?,
                relationships_created = relationships_created + ?, facts_invalidated = facts_invalidated + ?, schema_added = schema_added + ?,
                communities_touched = communities_touched + ?, barren = barren + ?
            WHERE task = ?
            """, receipt.entitiesCreated, receipt.entitiesMerged, receipt.relationshipsCreated, receipt.factsInvalidated,
            receipt.schemaAdded, receipt.communitiesTouched, receipt.warning == nil ? 0 : 1, parent)
    }
}
