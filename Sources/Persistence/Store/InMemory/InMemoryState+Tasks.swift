import Knowledge

extension InMemoryState {
    func task(_ number: TaskNumber) -> TaskRecord? { tasks[number].map(record) }

    func task(id: Identifier) -> TaskRecord? { tasks[id].map(record) }

    mutating func submit(_ submission: TaskSubmission) throws(StoreError) -> TaskRecord {
        guard let project = projects[submission.project]?.record else { throw Self.notFound("project") }
        guard tasks.number(of: submission.id) == nil else { throw Self.idTaken("task") }
        let record = TaskRecord(
            number: tasks.nextNumber(), id: submission.id, type: submission.type, project: project.number, projectID: project.id,
            projectName: project.name, priority: submission.priority, memory: nil, memoryID: nil, parent: submission.parent,
            parentID: submission.parent.flatMap { tasks[$0]?.id }, createdAt: submission.at)
        append(record)
        return record
    }

    /// Adds a waiting task, last in its lane.
    mutating func append(_ task: TaskRecord) {
        tasks.append(TaskRow(record: task))
        lanes[Lane(project: task.project, priority: task.priority), default: WaitingLine()].append(task.seat)
        projects.update(task.project) { $0.tasks.append(task.number) }
        tally.apply(TaskTally.Change(lane: TaskRow(record: task).lane, from: nil, to: task.status, acceptedAt: task.createdAt))
    }

    private func record(_ row: TaskRow) -> TaskRecord {
        var record = row.record
        record.projectName = projects[record.project]?.record.name ?? record.projectName
        if let memory = record.memory, memories[memory] == nil { (record.memory, record.memoryID) = (nil, nil) }
        return record
    }

    mutating func claim(_ lane: Lane, limit: Int, at: Timestamp) -> [Claim] {
        var claims: [Claim] = []
        while claims.count < limit, let number = lanes[lane]?.first?.task {
            if let parent = tasks[number]?.record.importParent, imports[parent]?.record.state == .cancelled,
                let cancelled = cancel(number, at: at)
            {
                claims.append(Claim(task: cancelled, work: .chore))
                continue
            }
            let task = move(number, to: .processing) { task in
                task.attempt += 1
                task.startedAt = at
            }
            guard let task else { break }
            guard let memory = task.memory.flatMap({ memories[$0]?.record }) else {
                claims.append(Claim(task: task, work: .chore))
                continue
            }
            let checkpoint = tasks[number]?.checkpoint?.extraction
            claims.append(Claim(task: task, work: .episode(memory.episode, version: memory.version), checkpoint: checkpoint))
        }
        return claims
    }

    mutating func claimAgain(_ guarding: TaskGuard, at: Timestamp) throws(StoreError) -> TaskRecord {
        try check(guarding, is: .processing)
        tasks.update(guarding.task) { row in
            row.record.attempt += 1
            row.record.revision += 1
            row.record.startedAt = at
            row.record.isResumed = false
        }
        return try found(guarding.task)
    }

    mutating func release(_ held: [TaskGuard]) {
        for guarding in held where isCurrent(guarding, .processing) {
            move(guarding.task, to: .pending) { task in
                task.attempt -= 1
                task.waitToGoOn()
            }
        }
    }

    mutating func recover(interruptionLimit: Int, at: Timestamp) -> Recovery {
        var recovery = Recovery(resumed: 0, failed: 0)
        for number in tasks.order {
            guard let row = tasks[number], row.record.status == .processing, row.record.type != .importMemories else { continue }
            let interruptions = row.interruptions + 1
            tasks.update(number) { $0.interruptions = interruptions }
            if interruptions < interruptionLimit {
                move(number, to: .pending) { $0.waitToGoOn() }
                recovery.resumed += 1
            } else {
                move(number, to: .failed) { task in
                    task.message = "Failed"
                    task.error = TaskRecord.interruptedError(times: interruptions)
                    task.endedAt = at
                }
                recovery.failed += 1
            }
        }
        recovery.suspects = tasks.order.compactMap { number in
            guard let row = tasks[number], row.record.status == .pending, row.interruptions >= Suspect.interruptions else { return nil }
            return Suspect(task: number, lane: row.lane, place: row.record.place)
        }
        return recovery
    }

    mutating func snapshot(_ snapshots: [ProgressSnapshot]) {
        for snapshot in snapshots where isCurrent(snapshot.guarding, .processing) {
            tasks.update(snapshot.guarding.task) { row in
                row.record.stage = snapshot.stage
                row.record.progress = snapshot.progress
                row.record.message = snapshot.message
                row.record.timeline = snapshot.timeline
            }
        }
    }

    mutating func end(_ guarding: TaskGuard, _ ending: TaskEnding) throws(StoreError) -> TaskRecord {
        guard ending.status.isTerminal, let status = tasks[guarding.task]?.record.status else { throw Self.lostRace }
        try check(guarding, is: status)
        let ended = move(guarding.task, to: ending.status) { task in
            task.stage = ending.stage
            task.progress = ending.progress
            task.message = ending.message
            task.error = ending.error
            task.result = ending.result
            task.timeline = ending.timeline
            task.endedAt = ending.at
        }
        guard let ended else { throw Self.lostRace }
        if let parent = ended.importParent, ended.status == .completed, let result = ended.result {
            imports[parent]?.add(Receipt(json: result))
        }
        return ended
    }

    mutating func cancel(id: Identifier, at: Timestamp) throws(StoreError) -> Cancellation {
        guard let task = task(id: id) else { throw Self.notFound("task") }
        guard let cancelled = cancel(task.number, at: at) else { return Cancellation(task, didCancel: false) }
        let children = cancelImport(task.number, at: at)
        return Cancellation(self.task(task.number) ?? cancelled, didCancel: true, children: children)
    }

    /// Ends a task as cancelled, whatever it was doing. Returns what it is then; `nil` when it had ended before.
    mutating func cancel(_ number: TaskNumber, at: Timestamp, saying message: String = TaskRecord.cancelledMessage) -> TaskRecord? {
        move(number, to: .cancelled) { task in
            task.message = message
            task.endedAt = at
        }
    }

    /// - Throws: `lostRace`.
    func check(_ guarding: TaskGuard, is status: TaskStatus) throws(StoreError) {
        guard isCurrent(guarding, status) else { throw Self.lostRace }
    }

    func isCurrent(_ guarding: TaskGuard, _ status: TaskStatus) -> Bool {
        guard let task = tasks[guarding.task]?.record else { return false }
        return task.revision == guarding.revision && task.status == status
    }

    private func found(_ number: TaskNumber) throws(StoreError) -> TaskRecord {
        guard let task = task(number) else { throw Self.lostRace }
        return task
    }

    static var lostRace: StoreError { StoreError(.lostRace, "The task has moved on.") }

    /// The only place where a task's status changes: it keeps lanes, counts and revision right. A task that leaves its end joins no lane here: it
    /// gets a new place first.
    /// - Returns: the task afterwards; `nil` when ``TaskStatus/transitions`` does not allow the step, and nothing is changed.
    @discardableResult
    mutating func move(_ number: TaskNumber, to status: TaskStatus, _ change: (inout TaskRecord) -> Void) -> TaskRecord? {
        guard let before = tasks[number], before.record.status.canBecome(status) else { return nil }
        if before.record.status == .pending { lanes[before.lane]?.remove(before.record.seat) }
        if status == .pending, !before.record.status.isTerminal { lanes[before.lane, default: WaitingLine()].insert(before.record.seat) }
        let running = (status == .processing ? 1 : 0) - (before.record.status == .processing ? 1 : 0)
        projects.update(before.record.project) { $0.processing += running }
        tasks.update(number) { [epoch] row in
            row.record.status = status
            row.record.revision += 1
            // A claim keeps the mark, so that the attempt can say that it goes on.
            if status != .processing { row.record.isResumed = false }
            if status.isTerminal {
                row.record.endedEpoch = epoch
                row.checkpoint = nil
            }
            change(&row.record)
        }
        tally.apply(
            TaskTally.Change(
                lane: before.lane, from: before.record.status, to: status, acceptedAt: before.record.createdAt,
                endedAt: tasks[number]?.record.endedAt))
        if let parent = before.record.importParent { imports[parent]?.child(from: before.record.status, to: status) }
        return task(number)
    }
}

extension TaskRecord {
    /// At its beginning again, however far the attempt had come that was interrupted.
    fileprivate mutating func waitToGoOn() {
        isResumed = true
        stage = "pending"
        progress = 0
        message = Self.resumedMessage
    }
}
