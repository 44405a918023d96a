package import Knowledge

/// A task that this process has taken on, with what it is to work on.
package struct Claim: Sendable {
    package var task: TaskRecord
    package var work: TaskWork
    /// What has been found in the memory already; see ``CheckpointStore``.
    package var checkpoint: Extraction?

    package init(task: TaskRecord, work: TaskWork, checkpoint: Extraction? = nil) {
        self.task = task
        self.work = work
        self.checkpoint = checkpoint
    }
}

/// What a claimed task works on.
package enum TaskWork: Sendable {
    /// A memory is to be ingested, in the version that it has now.
    case episode(Episode, version: Int)
    /// Something else, which ``TaskRecord/type`` names.
    case chore

    package var episode: Episode? {
        if case .episode(let episode, _) = self { episode } else { nil }
    }
}

/// Which state of a task an update is meant for; it changes nothing when the task has moved on.
package struct TaskGuard: Sendable, Equatable {
    package var task: TaskNumber
    package var revision: Int64

    package init(task: TaskNumber, revision: Int64) {
        self.task = task
        self.revision = revision
    }

    package init(_ record: TaskRecord) {
        self.init(task: record.number, revision: record.revision)
    }
}

/// The end of a task, as it is to be stored.
package struct TaskEnding: Sendable {
    /// A terminal one.
    package var status: TaskStatus
    /// The stage it ended in; `completed` when it was.
    package var stage: String
    package var progress: Int
    package var message: String
    package var error: String?
    package var result: JSON?
    package var timeline: [TimelineEntry]
    package var at: Timestamp

    package init(
        status: TaskStatus, stage: String, progress: Int, message: String, error: String? = nil, result: JSON? = nil,
        timeline: [TimelineEntry], at: Timestamp
    ) {
        self.status = status
        self.stage = stage
        self.progress = progress
        self.message = message
        self.error = error
        self.result = result
        self.timeline = timeline
        self.at = at
    }
}

/// Where a running task stands, written now and then so that a restart knows.
package struct ProgressSnapshot: Sendable {
    package var guarding: TaskGuard
    package var stage: String
    package var progress: Int
    package var message: String
    package var timeline: [TimelineEntry]

    package init(guarding: TaskGuard, stage: String, progress: Int, message: String, timeline: [TimelineEntry]) {
        self.guarding = guarding
        self.stage = stage
        self.progress = progress
        self.message = message
        self.timeline = timeline
    }
}

/// What one episode changes, and the end of its task: applied in one transaction or not at all.
package struct EpisodeCommit: Sendable {
    package var guarding: TaskGuard
    package var project: ProjectNumber
    package var memory: MemoryNumber
    package var delta: GraphDelta
    package var ending: TaskEnding

    package init(guarding: TaskGuard, project: ProjectNumber, memory: MemoryNumber, delta: GraphDelta, ending: TaskEnding) {
        self.guarding = guarding
        self.project = project
        self.memory = memory
        self.delta = delta
        self.ending = ending
    }
}

/// A commit that stands in the writer's queue; commits are applied in the order in which they were enqueued.
package struct PendingCommit: Sendable {
    private let result: @Sendable () async throws -> Void

    package init(_ result: @escaping @Sendable () async throws -> Void) {
        self.result = result
    }

    /// Returns once the commit is durable. The caller's cancellation does not take it back.
    /// - Throws: ``StoreError``: `lostRace`, `staleGraph`, `notFound` (the project or memory is gone), or why the store failed. Nothing of the commit was applied then.
    package func wait() async throws {
        try await result()
    }
}

/// What a start found to go on with.
package struct Recovery: Sendable, Equatable {
    /// Tasks that were being processed and wait again.
    package var resumed: Int
    /// Tasks under which the process had ended too often.
    package var failed: Int
    /// Of all that wait now, in the order of their numbers: the ones under which the process has ended more than once. One of them may be why.
    package var suspects: [Suspect]

    package init(resumed: Int, failed: Int, suspects: [Suspect] = []) {
        self.resumed = resumed
        self.failed = failed
        self.suspects = suspects
    }
}

/// A task that may be what made the process end.
package struct Suspect: Sendable, Equatable {
    /// How often the process has to have ended under a task.
    package static let interruptions = 2

    package var task: TaskNumber
    package var lane: Lane
    /// Where it stands in the lane.
    package var place: TaskNumber

    package init(task: TaskNumber, lane: Lane, place: TaskNumber? = nil) {
        self.task = task
        self.lane = lane
        self.place = place ?? task
    }
}
