package import Knowledge

/// A memory on its way in, with everything a store needs to keep it; ids and times are the caller's.
package struct Submission: Sendable {
    package var memoryID: Identifier
    package var taskID: Identifier
    package var project: ProjectNumber
    package var episode: Episode
    package var tags: [String]
    package var collaborators: [String]
    package var isPublic: Bool
    package var metadata: JSON
    package var externalID: String?
    /// A digest of ``Episode/hashedBytes``, 32 bytes, by which a submission under a known external id is recognised without reading what is
    /// stored; without one the contents are compared.
    package var contentHash: [UInt8]?
    package var authorID: String
    package var source: JSON?
    package var priority: TaskPriority
    package var at: Timestamp
    package var idempotency: Idempotency?
    /// The import that brings it.
    package var parent: TaskNumber?

    package init(
        memoryID: Identifier, taskID: Identifier, project: ProjectNumber, episode: Episode, tags: [String] = [],
        collaborators: [String] = [],
        isPublic: Bool = false, metadata: JSON = .object([]), externalID: String? = nil, contentHash: [UInt8]? = nil, authorID: String,
        source: JSON? = nil, priority: TaskPriority = .interactive, at: Timestamp, idempotency: Idempotency? = nil,
        parent: TaskNumber? = nil
    ) {
        self.memoryID = memoryID
        self.taskID = taskID
        self.project = project
        self.episode = episode
        self.tags = tags
        self.collaborators = collaborators
        self.isPublic = isPublic
        self.metadata = metadata
        self.externalID = externalID
        self.contentHash = contentHash
        self.authorID = authorID
        self.source = source
        self.priority = priority
        self.at = at
        self.idempotency = idempotency
        self.parent = parent
    }

    /// A client's `Idempotency-Key`, and what is to be answered when it comes again.
    package struct Idempotency: Sendable {
        /// Whose key it is: the access key and the path.
        package var scope: String
        package var key: String
        /// A digest of the request's body; another body under the same key is refused.
        package var fingerprint: [UInt8]
        /// The answer to a first submission, kept to be given again to the letter.
        package var answer: [UInt8]
        /// The same for one that revises a memory; without it the key is not kept then.
        package var revisionAnswer: (@Sendable (MemoryRecord) -> [UInt8])?

        package init(
            scope: String, key: String, fingerprint: [UInt8], answer: [UInt8], revisionAnswer: (@Sendable (MemoryRecord) -> [UInt8])? = nil
        ) {
            self.scope = scope
            self.key = key
            self.fingerprint = fingerprint
            self.answer = answer
            self.revisionAnswer = revisionAnswer
        }
    }
}

/// What became of a ``Submission``. Whatever it says is durable.
package enum Acceptance: Sendable {
    /// Memory and task are stored.
    case created(MemoryNumber, TaskNumber)
    /// The idempotency key was used before, with the same body: the first answer, and the task that it named.
    case replayed(answer: [UInt8], task: Identifier)
    /// The external id is known in the project, with the same content; nothing was stored.
    case existing(MemoryRecord)
    /// The external id is known in the project; its memory has the new content now, and a new task.
    case revised(Revision)
}

extension Submission {
    /// The memory as this submission wants it: all but what makes it the one it is.
    package func applied(to record: MemoryRecord) -> MemoryRecord {
        var new = record
        new.episode = episode
        new.tags = tags
        new.collaborators = collaborators
        new.isPublic = isPublic
        new.metadata = metadata
        new.version += 1
        new.updatedAt = at
        return new
    }
}
