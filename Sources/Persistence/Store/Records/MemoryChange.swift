package import Knowledge

/// What a client wants to be different in a memory; what is `nil` stays.
package struct MemoryChange: Sendable {
    package var memory: Identifier
    /// The version that the client believes the memory to have.
    package var expectedVersion: Int?
    /// `.some(nil)` takes the title away.
    package var title: String??
    package var content: String?
    package var tags: [String]?
    package var metadata: JSON?
    /// The id of the new task, if there has to be one, and its priority.
    package var taskID: Identifier
    package var priority: TaskPriority
    package var at: Timestamp

    package init(
        memory: Identifier, expectedVersion: Int? = nil, title: String?? = nil, content: String? = nil, tags: [String]? = nil,
        metadata: JSON? = nil, taskID: Identifier, priority: TaskPriority = .interactive, at: Timestamp
    ) {
        self.memory = memory
        self.expectedVersion = expectedVersion
        self.title = title
        self.content = content
        self.tags = tags
        self.metadata = metadata
        self.taskID = taskID
        self.priority = priority
        self.at = at
    }

    /// The record with all that is wanted, and whether that is anything new.
    package func applied(to record: MemoryRecord) -> (record: MemoryRecord, isChange: Bool, isNewContent: Bool) {
        func differ(_ left: String?, _ right: String?) -> Bool {
            (left == nil) != (right == nil) || !(left ?? "").utf8.elementsEqual((right ?? "").utf8)
        }
        var new = record
        if let title { new.episode.title = title }
        if let content { new.episode.content = content }
        if let tags { new.tags = tags }
        if let metadata { new.metadata = metadata }
        let isNewContent = differ(new.episode.content, record.episode.content)
        let isChange =
            isNewContent || differ(new.episode.title, record.episode.title)
            || !new.tags.elementsEqual(record.tags) { $0.utf8.elementsEqual($1.utf8) } || differ(new.metadata.text, record.metadata.text)
        guard isChange else { return (record, false, false) }
        new.version += 1
        new.updatedAt = at
        return (new, true, isNewContent)
    }
}

/// A memory after a change.
package struct Revision: Sendable {
    package var memory: MemoryRecord
    /// The task that ingests the new content; `nil` when the content is as before.
    package var task: TaskNumber?
    /// The former task, if this change ended it.
    package var cancelled: TaskRecord?

    package init(memory: MemoryRecord, task: TaskNumber? = nil, cancelled: TaskRecord? = nil) {
        self.memory = memory
        self.task = task
        self.cancelled = cancelled
    }
}

/// The deletion of memories of one project.
package struct MemoryRemoval: Sendable {
    package var project: ProjectNumber
    package var memories: [MemoryNumber]
    /// The version that each of them has to have.
    package var expectedVersion: Int?
    /// The task that deletes them, if one does: what it has deleted is counted with it.
    package var task: TaskNumber?
    /// Takes their contributions out; they are those of ``VersionStore/contributions(of:)`` at its ``GraphDelta/baseVersion``.
    package var delta: GraphDelta
    package var at: Timestamp

    package init(
        project: ProjectNumber, memories: [MemoryNumber], expectedVersion: Int? = nil, task: TaskNumber? = nil, delta: GraphDelta,
        at: Timestamp
    ) {
        self.project = project
        self.memories = memories
        self.expectedVersion = expectedVersion
        self.task = task
        self.delta = delta
        self.at = at
    }

    package struct Outcome: Sendable {
        /// How many memories there were to delete.
        package var removed: Int
        /// Their tasks that had not ended.
        package var cancelled: [TaskRecord]

        package init(removed: Int, cancelled: [TaskRecord]) {
            self.removed = removed
            self.cancelled = cancelled
        }
    }
}

extension TaskRecord {
    /// What a cancelled task says.
    package static let cancelledMessage = "Cancelled"
    /// What the task of an older version says.
    package static func supersededMessage(by version: Int) -> String { "Superseded by version \(version)" }
    /// What the task of a deleted memory says.
    package static let removedMessage = "The memory was deleted"
}
