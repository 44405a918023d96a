package import Knowledge

extension InMemoryState {
    mutating func retry(id: Identifier, at: Timestamp) throws(StoreError) -> TaskRecord {
        guard let task = task(id: id) else { throw Self.notFound("task") }
        if let obstacle = obstacleToRetry(task) { throw StoreError(.notRetryable, obstacle) }
        return retry(task, at: at)
    }

    mutating func retryNext(_ selection: RetrySelection, limit: Int, at: Timestamp) -> RetryBatch {
        guard limit > 0, selection.status == .failed || selection.status == .cancelled else { return RetryBatch(tasks: [], last: nil) }
        if let parent = selection.parent, imports[parent]?.record.state != .closed { return RetryBatch(tasks: [], last: nil) }
        let all = projects[selection.project]?.tasks ?? []
        let found = all[all.partitioningIndex { $0 > selection.after }...].lazy
            .filter { [tasks] number in tasks[number]?.record.status == selection.status }.prefix(limit)
        let numbers = Array(found)
        var retried: [TaskRecord] = []
        for number in numbers {
            guard let task = task(number), selection.parent == nil || task.parent == selection.parent, obstacleToRetry(task) == nil else {
                continue
            }
            retried.append(retry(task, at: at))
        }
        return RetryBatch(tasks: retried, last: numbers.count == limit ? numbers.last : nil)
    }

    private func obstacleToRetry(_ task: TaskRecord) -> String? {
        task.obstacleToRetry(current: task.memory.flatMap { memories[$0]?.task })
    }

    private mutating func retry(_ task: TaskRecord, at: Timestamp) -> TaskRecord {
        let place = tasks.nextNumber()
        let retried = move(task.number, to: .pending) { task in
            task.place = place
            task.earlierAttempts = task.attempt
            task.stage = "pending"
            task.progress = 0
            task.message = TaskRecord.queuedMessage
            task.error = nil
            task.result = nil
            task.endedEpoch = 0
            task.queuedAt = at
            task.startedAt = nil
            task.endedAt = nil
        }
        guard let retried else { return task }
        tasks.update(task.number) { $0.interruptions = 0 }
        lanes[Lane(project: task.project, priority: task.priority), default: WaitingLine()].append(retried.seat)
        return retried
    }
}

extension InMemoryStore {
    package func retry(id: Identifier, at: Timestamp) async throws -> TaskRecord { try access { try $0.retry(id: id, at: at) } }

    package func retryNext(_ selection: RetrySelection, limit: Int, at: Timestamp) async throws -> RetryBatch {
        try access { $0.retryNext(selection, limit: limit, at: at) }
    }
}
