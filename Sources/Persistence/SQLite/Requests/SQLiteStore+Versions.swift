import GRDB
package import Knowledge
package import Persistence

extension SQLiteStore {
    package func revise(_ change: MemoryChange) async throws -> Revision {
        let (epoch, numbers) = (self.epoch, self.numbers)
        return try await write(.revise) { db in
            guard let record = try db.memory(change.memory) else { throw StoreError.notFound("memory") }
            if let version = change.expectedVersion, version != record.version { throw StoreError.staleVersion(record.version) }
            let (new, isChange, isNewContent) = change.applied(to: record)
            guard isChange else { return Revision(memory: record) }
            guard isNewContent else {
                try db.run(
                    "UPDATE memories SET title = ?, tags = ?, metadata = ?, version = ?, updated_at = ? WHERE number = ?",
                    new.episode.title, StringsText(new.tags), new.metadata, new.version, new.updatedAt, new.number)
                return Revision(memory: new)
            }
            return try db.revise(
                record, to: new, contentHash: nil, task: change.taskID, priority: change.priority, parent: nil, at: change.at, epoch: epoch,
                numbers)
        }
    }

    package func contributions(of memories: [MemoryNumber]) async throws -> [Contribution] {
        try await read { db in
            try Set(memories).sorted().compactMap { try db.isLive("memories", $0) ? try db.contribution(of: $0) : nil }
        }
    }

    package func remove(_ removal: MemoryRemoval) async throws -> MemoryRemoval.Outcome {
        let (epoch, numbers) = (self.epoch, self.numbers)
        return try await write(.remove) { try $0.remove(removal, epoch: epoch, numbers) }
    }

    package func removedMemories(by task: TaskNumber) async throws -> Int {
        try await read { db in try db.first("SELECT removed FROM removals WHERE task = ?", task) { try $0.next(Int.self) } ?? 0 }
    }
}

extension Database {
    func memory(_ number: MemoryNumber) throws -> MemoryRecord? {
        try first("SELECT \(MemoryRecord.columns) FROM \(MemoryRecord.tables) WHERE m.number = ?", number) { try MemoryRecord(&$0) }
    }

    func memory(_ id: Identifier) throws -> MemoryRecord? {
        try first("SELECT \(MemoryRecord.columns) FROM \(MemoryRecord.tables) WHERE m.id = ?", id) { try MemoryRecord(&$0) }
    }

    /// Gives a memory new content and a new current task, last in its lane; ends the former one.
    func revise(
        _ old: MemoryRecord, to new: MemoryRecord, contentHash: [UInt8]?, task id: Identifier, priority: TaskPriority,
        parent: TaskNumber?, at: Timestamp, epoch: Int64, _ numbers: NumberSource
    ) throws -> Revision {
        let (number, cancelled) = try giveTask(
            id, to: old, task(old.taskID), priority: priority, parent: parent, at: at, epoch: epoch,
            saying: TaskRecord.supersededMessage(by: new.version), numbers)
        if let parent = cancelled?.parent { try run("UPDATE imports SET superseded = superseded + 1 WHERE task = ?", parent) }
        let episode = new.episode
        try run(
            """
            UPDATE memories SET task = ?, title = ?, content_type = ?, occurred_at = ?, tags = ?, collaborators = ?, is_public = ?, metadata = ?,
                version = ?, supplied = ?, updated_at = ?, content = ?, content_hash = ?
            WHERE number = ?
            """, number, episode.title, episode.contentType, episode.occurredAt, StringsText(new.tags), StringsText(new.collaborators),
            new.isPublic, new.metadata, new.version, SuppliedText(episode), new.updatedAt, episode.content, contentHash, old.number)
        guard let revised = try memory(old.number) else { throw StoreError.notFound("memory") }
        return Revision(memory: revised, task: number, cancelled: cancelled)
    }

    /// Makes a new current task for a memory, last in its lane, and ends the former one. The memory's row is the caller's to change.
    /// - Parameters:
    ///   - former: `nil` when it is pruned.
    ///   - message: what the former one says if this ends it.
    func giveTask(
        _ id: Identifier, to memory: MemoryRecord, _ former: TaskRecord?, priority: TaskPriority, parent: TaskNumber?, at: Timestamp,
        epoch: Int64, saying message: String, _ numbers: NumberSource
    ) throws -> (number: TaskNumber, cancelled: TaskRecord?) {
        guard try task(id) == nil else { throw StoreError.idTaken("task") }
        let cancelled = try former.flatMap { former in
            former.status.isTerminal ? nil : try cancel(former.number, epoch: epoch, at: at, saying: message)
        }
        let number = numbers.task()
        try insertTask(
            number, id: id, type: .addEpisode, Lane(project: memory.project, priority: priority), memory: memory.number, parent: parent,
            at: at)
        if let former { try run("INSERT INTO former_tasks (memory, task) VALUES (?, ?)", memory.number, former.number) }
        return (number, cancelled)
    }

    func contribution(of memory: MemoryNumber) throws -> Contribution? {
        let packed = try first("SELECT packed FROM mentions WHERE memory = ?", memory) { try $0.next(ContributionBlob.self) }
        guard var contribution = packed?.contribution else { return nil }
        contribution.memory = memory
        if contribution.isLegacy { contribution.statements = try statements(of: memory, naming: contribution.mentions) }
        return contribution
    }

    /// What an older version did not write down: found through the entities, for both ends of a relationship are named where it is stated.
    private func statements(of memory: MemoryNumber, naming mentions: [GraphDelta.Mention]) throws -> [Contribution.Statement] {
        try mentions.flatMap { mention in
            try all(
                """
                SELECT r.number FROM relationships r CROSS JOIN relationship_memories s ON s.relationship = r.number AND s.memory = ?
                WHERE r.source = ? ORDER BY r.number
                """, memory, mention.entity
            ) { Contribution.Statement(try $0.next()) }
        }
    }

    /// Whether another import has a memory by now that the one made which a task removes.
    private func isTakenOver(_ memory: MemoryNumber, fromWhat task: TaskNumber) throws -> Bool {
        try first(
            """
            SELECT 1 FROM tasks t CROSS JOIN imported_memories i ON i.import = t.parent AND i.memory = ? AND NOT i.is_new
            WHERE t.number = ?
            """, memory, task, read: { try $0.next(Int.self) }) != nil
    }

    fileprivate func remove(_ removal: MemoryRemoval, epoch: Int64, _ numbers: NumberSource) throws -> MemoryRemoval.Outcome {
        let version = try first("SELECT graph_version FROM projects WHERE number = ?", removal.project) { try $0.next(Int64.self) }
        guard let version else { throw StoreError.notFound("project") }
        let memories = try Set(removal.memories).sorted().compactMap { number in
            try first("SELECT number, version, task FROM memories WHERE number = ? AND project = ?", number, removal.project) { cells in
                (number: try cells.next(MemoryNumber.self), version: try cells.next(Int.self), task: try cells.next(TaskNumber.self))
            }
        }
        if let expected = removal.expectedVersion, let other = memories.first(where: { $0.version != expected }) {
            throw StoreError.staleVersion(other.version)
        }
        if let task = removal.task {
            for memory in memories where try isTakenOver(memory.number, fromWhat: task) { throw StoreError.staleVersion(memory.version) }
        }
        guard version == removal.delta.baseVersion else {
            throw StoreError(.staleGraph, "The graph is at version \(version), not \(removal.delta.baseVersion).")
        }
        guard !memories.isEmpty else { return MemoryRemoval.Outcome(removed: 0, cancelled: []) }
        try apply(removal.delta, to: removal.project, memory: nil, at: removal.at, numbers)
        try numbers.keep([.memories], in: self)
        var cancelled: [TaskRecord] = []
        for memory in memories {
            let task = try task(memory.task).flatMap { task in
                task.status.isTerminal ? nil : try cancel(task.number, epoch: epoch, at: removal.at, saying: TaskRecord.removedMessage)
            }
            try run("DELETE FROM former_tasks WHERE memory = ?", memory.number)
            try run("DELETE FROM memories WHERE number = ?", memory.number)
            if var task {
                (task.memory, task.memoryID) = (nil, nil)
                cancelled.append(task)
            }
        }
        if let task = removal.task {
            try run(
                "INSERT INTO removals VALUES (?, ?) ON CONFLICT (task) DO UPDATE SET removed = removed + excluded.removed", task,
                memories.count)
        }
        return MemoryRemoval.Outcome(removed: memories.count, cancelled: cancelled)
    }
}

extension StoreError {
    static func staleVersion(_ version: Int) -> StoreError {
        StoreError(.staleVersion, "The memory is at version \(version) now; read it again before you change it.")
    }
}
