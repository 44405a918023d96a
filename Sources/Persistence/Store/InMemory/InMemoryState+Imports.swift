import Knowledge

extension InMemoryState {
    mutating func beginImport(_ submission: ImportSubmission) throws(StoreError) -> ImportRecord {
        guard let project = projects[submission.project]?.record else { throw Self.notFound("project") }
        if let idempotency = submission.idempotency, let answer = try answers.answer(to: idempotency),
            let record = importRecord(of: answer.task)
        {
            return record
        }
        guard tasks.number(of: submission.id) == nil else { throw Self.idTaken("task") }
        if let idempotency = submission.idempotency { answers.keep(idempotency, answer: [], task: submission.id, at: submission.at) }
        let task = TaskRecord(
            number: tasks.nextNumber(), id: submission.id, type: .importMemories, project: project.number, projectID: project.id,
            projectName: project.name, priority: .bulk, status: .processing, revision: 1, attempt: 1, memory: nil, memoryID: nil,
            createdAt: submission.at, startedAt: submission.at)
        tasks.append(TaskRow(record: task))
        projects.update(project.number) { row in
            row.tasks.append(task.number)
            row.processing += 1
        }
        tally.apply(
            TaskTally.Change(
                lane: Lane(project: project.number, priority: .bulk), from: nil, to: .processing, acceptedAt: submission.at))
        let record = ImportRecord(
            task: task, name: submission.name, state: .open, isResumable: submission.isResumable, mark: ImportMark(),
            totalBytes: submission.totalBytes, fault: nil, counts: ImportCounts(), receipt: Receipt(), barren: 0, changedAt: submission.at)
        imports[task.number] = ImportRow(record: record)
        return record
    }

    func importRecord(of id: Identifier) -> ImportRecord? { tasks.number(of: id).flatMap(importRecord) }

    func importRecord(_ number: TaskNumber) -> ImportRecord? {
        guard var record = imports[number]?.record, let task = task(number) else { return nil }
        record.task = task
        return record
    }

    func unfinishedImports() -> [ImportRecord] {
        imports.filter { $0.value.record.state != .ended }.keys.sorted().compactMap(importRecord)
    }

    mutating func accept(_ batch: ImportBatch) throws(StoreError) -> BatchAcceptance {
        guard let record = importRecord(batch.task) else { throw Self.notFound("import") }
        guard record.state == .open else { throw StoreError(.lostRace, "The import takes no more lines.") }
        guard record.mark.bytes == batch.base else { throw StoreError(.lostRace, "Another upload has gone on with the import.") }
        var lanes: [Lane: Int] = [:]
        var superseded: [TaskRecord] = []
        for line in batch.lines { try accept(line, of: batch.task, lanes: &lanes, superseded: &superseded) }
        imports[batch.task]?.record.mark = batch.mark
        if let total = batch.totalBytes { imports[batch.task]?.record.totalBytes = total }
        imports[batch.task]?.change(to: batch.isLast ? .closed : .open, at: batch.at)
        return BatchAcceptance(record: importRecord(batch.task) ?? record, lanes: lanes, superseded: superseded)
    }

    private mutating func accept(
        _ line: ImportLine, of task: TaskNumber, lanes: inout [Lane: Int], superseded: inout [TaskRecord]
    ) throws(StoreError) {
        switch line.content {
        case .rejected(let error, let content): imports[task]?.reject(line.number, error, content)
        case .memory(var submission):
            submission.parent = task
            let lane = Lane(project: submission.project, priority: submission.priority)
            switch try accept(submission) {
            case .created(let memory, _):
                imports[task]?.record.counts.accepted += 1
                imports[task]?.memories[memory] = ImportRow.Memory(line: line.number, version: 1, isNew: true)
                lanes[lane, default: 0] += 1
            case .revised(let revision):
                imports[task]?.record.counts.revised += 1
                // A memory that the import made itself stays its own.
                let isNew = imports[task]?.memories[revision.memory.number]?.isNew ?? false
                imports[task]?.memories[revision.memory.number] = ImportRow.Memory(
                    line: line.number, version: revision.memory.version, isNew: isNew)
                lanes[lane, default: 0] += 1
                if let cancelled = revision.cancelled { superseded.append(cancelled) }
            case .existing(let memory):
                guard let again = try tryAgain(memory, submission, line: line.number, of: task) else {
                    imports[task]?.record.counts.unchanged += 1
                    let other = tasks[memory.taskID]?.record.importParent
                    if let other, other != task, isBeingRemoved(other) { take(memory, from: other, line: line.number, for: task) }
                    break
                }
                imports[task]?.record.counts.retried += 1
                lanes[lane, default: 0] += 1
                if let cancelled = again.cancelled { superseded.append(cancelled) }
            case .replayed: imports[task]?.record.counts.unchanged += 1
            }
        }
    }

    /// Gives a memory that has the line's content already, and came to no good end, another task: one of this import, which has it from now on if it
    /// was another import's.
    /// - Returns: `nil` when it is ingested, is going to be, or failed in this import.
    private mutating func tryAgain(
        _ memory: MemoryRecord, _ submission: Submission, line: Int, of task: TaskNumber
    ) throws(StoreError) -> Revision? {
        guard memory.taskStatus != .completed else { return nil }
        let other = tasks[memory.taskID]?.record.importParent
        guard other != task else { return nil }
        if !memory.taskStatus.isTerminal {
            guard let other, imports[other]?.record.state == .cancelled else { return nil }
        }
        let (number, cancelled) = try giveTask(
            submission.taskID, to: memory, priority: submission.priority, parent: task, at: submission.at,
            saying: TaskRecord.cancelledMessage)
        take(memory, from: other, line: line, for: task)
        return Revision(memory: memory, task: number, cancelled: cancelled)
    }

    /// Notes that a memory is in this import, which has it from now on if another one made it and nobody has given it another version.
    private mutating func take(_ memory: MemoryRecord, from other: TaskNumber?, line: Int, for task: TaskNumber) {
        var isNew = imports[task]?.memories[memory.number]?.isNew ?? false
        if let other, let made = imports[other]?.memories[memory.number], made.isNew, made.version == memory.version {
            imports[other]?.memories[memory.number]?.isNew = false
            isNew = true
        }
        imports[task]?.memories[memory.number] = ImportRow.Memory(line: line, version: memory.version, isNew: isNew)
    }

    /// Whether what an import brought is being removed, or is to be. O(tasks).
    private func isBeingRemoved(_ number: TaskNumber) -> Bool {
        tasks.all.contains { $0.record.parent == number && $0.record.type == .removeImported && !$0.record.status.isTerminal }
    }

    mutating func closeImport(_ number: TaskNumber, fault: String, at: Timestamp) throws(StoreError) -> ImportRecord {
        guard let record = importRecord(number) else { throw Self.notFound("import") }
        guard record.state == .open else { return record }
        imports[number]?.record.fault = fault
        imports[number]?.change(to: .closed, at: at)
        return importRecord(number) ?? record
    }

    mutating func finishImport(_ record: ImportRecord, _ ending: TaskEnding) throws(StoreError) -> TaskRecord {
        guard let now = importRecord(record.task.number), now.state == .closed, now.counts == record.counts else { throw Self.lostRace }
        let task = try end(TaskGuard(record.task), ending)
        imports[task.number]?.change(to: .ended, at: ending.at)
        return task
    }

    mutating func reopenImport(_ id: Identifier, at: Timestamp) throws(StoreError) -> (record: ImportRecord, children: [TaskStatus]) {
        guard let record = importRecord(of: id) else { throw Self.notFound("import") }
        if let obstacle = record.obstacleToRetry { throw StoreError(.notRetryable, obstacle) }
        let number = record.task.number
        tasks.update(number) { row in
            row.record.status = .processing
            row.record.revision += 1
            row.record.attempt += 1
            row.record.stage = "pending"
            row.record.progress = 0
            row.record.message = TaskRecord.queuedMessage
            row.record.error = nil
            row.record.result = nil
            row.record.endedEpoch = 0
            row.record.startedAt = at
            row.record.endedAt = nil
        }
        projects.update(record.task.project) { $0.processing += 1 }
        tally.apply(
            TaskTally.Change(
                lane: Lane(project: record.task.project, priority: record.task.priority), from: record.task.status, to: .processing,
                acceptedAt: record.task.createdAt))
        imports[number]?.change(to: .closed, at: at)
        return (importRecord(number) ?? record, record.statusesToRetry)
    }

    /// Takes note that the task of an import was cancelled, and stores what it came to; another task is passed over. O(tasks).
    /// - Returns: the children that were being processed, cancelled too.
    mutating func cancelImport(_ number: TaskNumber, at: Timestamp) -> [TaskRecord] {
        guard imports[number] != nil else { return [] }
        imports[number]?.cancel(at: at)
        let running = Array(children(of: number, after: number).filter { self.tasks[$0]?.record.status == .processing })
        let cancelled = running.compactMap { cancel($0, at: at) }
        let result = importRecord(number).map { $0.result(failures: importFailures(of: number, limit: $0.failuresToName)) }
        tasks.update(number) { $0.record.result = result }
        return cancelled
    }

    mutating func cancelChildren(of number: TaskNumber, after last: TaskNumber, limit: Int, at: Timestamp) -> CancelledChildren {
        guard imports[number]?.record.state == .cancelled else { return CancelledChildren(tasks: [], last: nil) }
        let children = Array(children(of: number, after: last).prefix(max(0, limit)))
        let cancelled = children.compactMap { cancel($0, at: at) }
        guard children.count < limit else { return CancelledChildren(tasks: cancelled, last: children.last) }
        imports[number]?.change(to: .ended, at: at)
        return CancelledChildren(tasks: cancelled, last: nil)
    }

    /// O(tasks).
    private func children(of number: TaskNumber, after last: TaskNumber) -> some Sequence<TaskNumber> {
        tasks.order.lazy.filter { $0 > last && self.tasks[$0]?.record.importParent == number }
    }

    func importFailures(of number: TaskNumber, limit: Int) -> [ImportFailure] {
        var failures: [ImportFailure] = []
        for child in children(of: number, after: number) where failures.count < limit {
            guard let task = tasks[child]?.record, task.status == .failed, task.type == .addEpisode else { continue }
            failures.append(
                ImportFailure(
                    task: task.id, memory: task.memoryID, line: task.memory.flatMap { imports[number]?.memories[$0]?.line },
                    error: task.error ?? ""))
        }
        return failures
    }

    func rejectedLines(of number: TaskNumber, after line: Int, limit: Int) -> [RejectedLine] {
        var total = 0
        return Array(
            (imports[number]?.rejected ?? []).lazy.filter { $0.line > line }.prefix(max(0, limit))
                .prefix { rejected in
                    let size = rejected.content?.utf8.count ?? 0
                    total += size
                    return total <= RejectedLine.contentLimit || total == size
                })
    }

    func importedMemories(of number: TaskNumber, after last: MemoryNumber, limit: Int) -> [ImportedMemory] {
        guard let row = imports[number] else { return [] }
        let made = row.memories.filter { $0.key > last && $0.value.isNew && memories[$0.key] != nil }.keys.sorted()
        return made.prefix(max(0, limit)).compactMap { number in
            guard let memory = memories[number], let version = row.memories[number]?.version else { return nil }
            return ImportedMemory(number: number, id: memory.id, version: version, isUntouched: memory.record.version == version)
        }
    }
}
