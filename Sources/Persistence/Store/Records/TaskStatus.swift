/// Where a task stands. ``transitions`` is the one table of what may follow what; stores guard their updates with it.
package enum TaskStatus: Int, Sendable, CaseIterable {
    /// Stored and waiting: a row, not an object.
    case pending = 0
    /// Claimed by this process; an attempt has been counted.
    case processing = 1
    case completed = 2
    case failed = 3
    case cancelled = 4

    /// `processing → pending` is a restart or a shutdown, `pending → failed` a memory that can't be read; `failed | cancelled → pending` is a client's retry.
    package static let transitions: [TaskStatus: Set<TaskStatus>] = [
        .pending: [.processing, .cancelled, .failed],
        .processing: [.pending, .completed, .failed, .cancelled],
        .completed: [],
        .failed: [.pending],
        .cancelled: [.pending]
    ]

    package func canBecome(_ next: TaskStatus) -> Bool { Self.transitions[self]?.contains(next) ?? false }

    /// Whether a stream of the task ends here.
    package var isTerminal: Bool { self == .completed || self == .failed || self == .cancelled }
}

/// What a task does.
package enum TaskType: String, Sendable, CaseIterable {
    case addEpisode = "add_episode"
    case rebuildCommunities = "rebuild_communities"
    case importMemories = "import"
    case removeImported = "remove_imported"
}

/// How urgent a task is. Each (project, priority) is a lane of its own, in strict order inside.
package enum TaskPriority: Int, Sendable, CaseIterable {
    case interactive = 0
    case bulk = 1
}
