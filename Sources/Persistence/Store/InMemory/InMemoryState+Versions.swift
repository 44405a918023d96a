import Knowledge

extension InMemoryState {
    mutating func revise(_ change: MemoryChange) throws(StoreError) -> Revision {
        guard let record = memory(id: change.memory) else { throw Self.notFound("memory") }
        if let version = change.expectedVersion, version != record.version { throw Self.staleVersion(record.version) }
        let (new, isChange, isNewContent) = change.applied(to: record)
        guard isChange else { return Revision(memory: record) }
        guard isNewContent else {
            memories.update(record.number) { $0.record = new }
            return Revision(memory: memory(record.number) ?? new)
        }
        return try revise(record, to: new, contentHash: nil, task: change.taskID, priority: change.priority, parent: nil, at: change.at)
    }

    /// Gives a memory new content and a new current task, last in its lane; ends the former one.
    mutating func revise(
        _ old: MemoryRecord, to new: MemoryRecord, contentHash: [UInt8]?, task id: Identifier, priority: TaskPriority,
        parent: TaskNumber?, at: Timestamp
    ) throws(StoreError) -> Revision {
        let (task, cancelled) = try giveTask(
            id, to: old, priority: priority, parent: parent, at: at, saying: TaskRecord.supersededMessage(by: new.version))
        if let parent = cancelled?.parent { imports[parent]?.record.counts.superseded += 1 }
        memories.update(old.number) { row in
            row.record = new
            row.record.taskID = id
            row.contentHash = contentHash
        }
        guard let revised = memory(old.number) else { throw Self.notFound("memory") }
        return Revision(memory: revised, task: task, cancelled: cancelled)
    }

    /// Makes a new current task for a memory, last in its lane, and ends the former one, which then says `message`.
    mutating func giveTask(
        _ id: Identifier, to memory: MemoryRecord, priority: TaskPriority, parent: TaskNumber?, at: Timestamp, saying message: String
    ) throws(StoreError) -> (number: TaskNumber, cancelled: TaskRecord?) {
        guard tasks.number(of: id) == nil else { throw Self.idTaken("task") }
        guard let former = memories[memory.number]?.task, let project = projects[memory.project]?.record else {
            throw Self.notFound("memory")
        }
        let cancelled = cancel(former, at: at, saying: message)
        let task = TaskRecord(
            number: tasks.nextNumber(), id: id, type: .addEpisode, project: project.number, projectID: project.id,
            projectName: project.name, priority: priority, memory: memory.number, memoryID: memory.id,
            parent: parent, parentID: parent.flatMap { tasks[$0]?.id }, createdAt: at)
        append(task)
        memories.update(memory.number) { row in
            row.record.taskID = id
            row.task = task.number
        }
        return (task.number, cancelled)
    }

    func contributions(of wanted: [MemoryNumber]) -> [Contribution] {
        Set(wanted).sorted().compactMap { memories[$0]?.contribution }
    }

    /// O(delta), and O(all memories).
    mutating func remove(_ removal: MemoryRemoval, identifier: () -> Identifier) throws(StoreError) -> MemoryRemoval.Outcome {
        let version = try graphHeader(of: removal.project).version
        let gone = Set(removal.memories).sorted().compactMap { number in
            memories[number].flatMap { $0.record.project == removal.project ? $0 : nil }
        }
        if let expected = removal.expectedVersion, let other = gone.first(where: { $0.record.version != expected }) {
            throw Self.staleVersion(other.record.version)
        }
        if let made = removal.task.flatMap({ tasks[$0]?.record.parent }).flatMap({ imports[$0]?.memories }),
            let other = gone.first(where: { made[$0.number]?.isNew == false })
        {
            throw Self.staleVersion(other.record.version)
        }
        guard version == removal.delta.baseVersion else {
            throw StoreError(.staleGraph, "The graph is at version \(version), not \(removal.delta.baseVersion).")
        }
        guard !gone.isEmpty else { return MemoryRemoval.Outcome(removed: 0, cancelled: []) }
        apply(removal.delta, to: removal.project, memory: nil, at: removal.at, identifier: identifier)
        let cancelled = gone.compactMap { cancel($0.task, at: removal.at, saying: TaskRecord.removedMessage)?.number }
        let numbers = Set(gone.map(\.number))
        projects.update(removal.project) { row in
            row.memories.removeAll(where: numbers.contains)
            for externalID in gone.compactMap(\.record.externalID) { row.externalIDs[ExactText(externalID)] = nil }
        }
        memories.remove(numbers)
        if let task = removal.task { removed[task, default: 0] += gone.count }
        return MemoryRemoval.Outcome(removed: gone.count, cancelled: cancelled.compactMap(task))
    }

    static func staleVersion(_ version: Int) -> StoreError {
        StoreError(.staleVersion, "The memory is at version \(version) now; read it again before you change it.")
    }
}
