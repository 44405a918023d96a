package import Knowledge

/// One task as stored.
package struct TaskRecord: Sendable, Equatable {
    package var number: TaskNumber
    package var id: Identifier
    package var type: TaskType
    package var project: ProjectNumber
    package var projectID: Identifier
    package var projectName: String
    package var priority: TaskPriority
    /// Where it stands among the tasks of its lane: ``number``, or one that was given when a client retried it.
    package var place: TaskNumber
    package var status: TaskStatus
    /// Grows by one with every durable change of ``status`` or attempt; the guard of every update.
    package var revision: Int64
    /// How often the task has been claimed; counted in the claim, so that a crash counts too.
    package var attempt: Int
    /// The attempts of the rounds before this one; a client's retry begins a round.
    package var earlierAttempts: Int
    /// The memory it ingests; `nil` once that is deleted, and for other types.
    package var memory: MemoryNumber?
    package var memoryID: Identifier?
    /// The import that it belongs to.
    package var parent: TaskNumber?
    package var parentID: Identifier?
    /// The last stage that was written: the final one of a finished task, a snapshot of a running one.
    package var stage: String
    /// 0…100.
    package var progress: Int
    package var message: String
    package var error: String?
    /// What it brought, once completed.
    package var result: JSON?
    package var timeline: [TimelineEntry]
    /// The boot epoch in which it ended; the stream id of a finished task carries it. 0 while it has not ended.
    package var endedEpoch: Int64
    /// Whether it was interrupted by the end of a process and waits to go on, or does so in its current attempt. A retry or an end clears it.
    package var isResumed: Bool
    package var createdAt: Timestamp
    /// When it joined its lane: at its making, or when a client retried it.
    package var queuedAt: Timestamp
    /// When its current attempt, or its last, was claimed.
    package var startedAt: Timestamp?
    package var endedAt: Timestamp?

    /// What a task says that waits for its first attempt.
    package static let queuedMessage = "Queued"
    /// What a task says that goes on after the end of a process.
    package static let resumedMessage = "Resumed after restart"

    /// Why a task fails that seems to be what makes the process end.
    package static func interruptedError(times: Int) -> String {
        "The server ended \(times) times while it worked on this task, so it is not tried again: something in it seems to crash the server."
    }

    package init(
        number: TaskNumber, id: Identifier, type: TaskType, project: ProjectNumber, projectID: Identifier, projectName: String,
        priority: TaskPriority, place: TaskNumber? = nil, status: TaskStatus = .pending, revision: Int64 = 0, attempt: Int = 0,
        earlierAttempts: Int = 0, memory: MemoryNumber?, memoryID: Identifier?, parent: TaskNumber? = nil, parentID: Identifier? = nil,
        stage: String = "pending", progress: Int = 0,
        message: String = queuedMessage, error: String? = nil,
        result: JSON? = nil, timeline: [TimelineEntry] = [], endedEpoch: Int64 = 0, isResumed: Bool = false, createdAt: Timestamp,
        queuedAt: Timestamp? = nil, startedAt: Timestamp? = nil, endedAt: Timestamp? = nil
    ) {
        self.number = number
        self.id = id
        self.type = type
        self.project = project
        self.projectID = projectID
        self.projectName = projectName
        self.priority = priority
        self.place = place ?? number
        self.status = status
        self.revision = revision
        self.attempt = attempt
        self.earlierAttempts = earlierAttempts
        self.memory = memory
        self.memoryID = memoryID
        self.parent = parent
        self.parentID = parentID
        self.stage = stage
        self.progress = progress
        self.message = message
        self.error = error
        self.result = result
        self.timeline = timeline
        self.endedEpoch = endedEpoch
        self.isResumed = isResumed
        self.createdAt = createdAt
        self.queuedAt = queuedAt ?? createdAt
        self.startedAt = startedAt
        self.endedAt = endedAt
    }
}

/// One stage of one attempt, as it was.
package struct TimelineEntry: Sendable, Equatable {
    package var stage: String
    package var attempt: Int
    package var startedAt: Timestamp
    /// `nil` while it lasts.
    package var endedAt: Timestamp?
    package var message: String
    package var error: String?

    package init(stage: String, attempt: Int, startedAt: Timestamp, endedAt: Timestamp? = nil, message: String, error: String? = nil) {
        self.stage = stage
        self.attempt = attempt
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.message = message
        self.error = error
    }
}

/// Tasks of one project and priority; they are claimed and committed in the order in which they joined it.
package struct Lane: Hashable, Sendable {
    package var project: ProjectNumber
    package var priority: TaskPriority

    package init(project: ProjectNumber, priority: TaskPriority) {
        self.project = project
        self.priority = priority
    }
}
