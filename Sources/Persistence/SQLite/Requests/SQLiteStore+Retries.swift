import GRDB
package import Knowledge
package import Persistence

extension SQLiteStore {
    package func retry(id: Identifier, at: Timestamp) async throws -> TaskRecord {
        let numbers = self.numbers
        return try await write(.retry) { db in
            guard let task = try db.task(id) else { throw StoreError.notFound("task") }
            if let obstacle = try db.obstacleToRetry(task) { throw StoreError(.notRetryable, obstacle) }
            let retried = try db.retry(task, numbers, at: at)
            try numbers.keep([.tasks], in: db)
            return retried
        }
    }

    package func retryNext(_ selection: RetrySelection, limit: Int, at: Timestamp) async throws -> RetryBatch {
        guard limit > 0, selection.status == .failed || selection.status == .cancelled else { return RetryBatch(tasks: [], last: nil) }
        let numbers = self.numbers
        // As a literal, so that SQLite sees that the status's index serves.
        let sql = """
            SELECT number FROM tasks \(selection.status.index)
            WHERE status = \(selection.status.rawValue) AND project = ? AND number > ? ORDER BY number LIMIT ?
            """
        return try await write(.retry) { db in
            if let parent = selection.parent, try !db.isGoingOn(parent) { return RetryBatch(tasks: [], last: nil) }
            let found = try db.all(sql, selection.project, selection.after, limit) { try $0.next(TaskNumber.self) }
            var tasks: [TaskRecord] = []
            for number in found {
                guard let task = try db.task(number), selection.parent == nil || task.parent == selection.parent,
                    try db.obstacleToRetry(task) == nil
                else { continue }
                tasks.append(try db.retry(task, numbers, at: at))
            }
            if !tasks.isEmpty { try numbers.keep([.tasks], in: db) }
            return RetryBatch(tasks: tasks, last: found.count == limit ? found.last : nil)
        }
    }
}

extension Database {
    fileprivate func obstacleToRetry(_ task: TaskRecord) throws -> String? {
        let current = try task.memory.flatMap { memory in
            try first("SELECT task FROM memories WHERE number = ?", memory) { try $0.next(TaskNumber.self) }
        }
        return task.obstacleToRetry(current: current)
    }

    /// To be followed by keeping the highest number given: no row has the place as its number.
    fileprivate func retry(_ task: TaskRecord, _ numbers: NumberSource, at: Timestamp) throws -> TaskRecord {
        try run(
            """
            UPDATE tasks SET status = 0, revision = revision + 1, place = ?, earlier_attempts = attempt, interruptions = 0, stage = 'pending',
                progress = 0, ended_epoch = 0, is_resumed = 0, queued_at = ?, started_at = NULL, ended_at = NULL
            WHERE number = ?
            """, numbers.task(), at, task.number)
        try run("UPDATE task_reports SET message = ?, error = NULL, result = NULL WHERE task = ?", TaskRecord.queuedMessage, task.number)
        guard let retried = try self.task(task.number) else { throw StoreError.notFound("task") }
        return retried
    }
}
