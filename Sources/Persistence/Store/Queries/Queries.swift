package import Knowledge

/// Which memories are wanted; conditions left `nil` do not restrict. Newest first.
package struct MemoryQuery: Sendable {
    /// `nil` is every project.
    package var projects: [ProjectNumber]?
    /// A text that title or content holds, ignoring ASCII case.
    package var search: String?
    package var status: TaskStatus?
    package var tag: String?

    package init(projects: [ProjectNumber]?, search: String? = nil, status: TaskStatus? = nil, tag: String? = nil) {
        self.projects = projects
        self.search = search
        self.status = status
        self.tag = tag
    }
}

/// Which tasks are wanted; conditions left `nil` do not restrict. Newest first.
package struct TaskQuery: Sendable {
    package var projects: [ProjectNumber]?
    package var status: TaskStatus?
    package var type: TaskType?
    /// A text that the task's id, message or error holds, ignoring ASCII case.
    package var search: String?
    /// The memory it ingests.
    package var entity: Identifier?
    /// The task that it belongs to.
    package var parent: Identifier?

    package init(
        projects: [ProjectNumber]?, status: TaskStatus? = nil, type: TaskType? = nil, search: String? = nil, entity: Identifier? = nil,
        parent: Identifier? = nil
    ) {
        self.projects = projects
        self.status = status
        self.type = type
        self.search = search
        self.entity = entity
        self.parent = parent
    }
}

/// Which entities of a project are wanted; the most mentioned first, then the older.
package struct EntityQuery: Sendable {
    package var projects: [ProjectNumber]?
    package var type: String?
    /// A text that the name holds, ignoring ASCII case.
    package var search: String?

    package init(projects: [ProjectNumber]?, type: String? = nil, search: String? = nil) {
        self.projects = projects
        self.type = type
        self.search = search
    }
}

/// How the tasks of a period stand.
package struct TaskStatistics: Sendable, Equatable {
    /// A status that no task has may be absent.
    package var counts: [TaskStatus: Int]
    /// Tasks that ended as completed within the sixty seconds before the moment asked for, that of its second included, whenever they were accepted.
    package var completedLastMinute: Int
    /// When the first task of a lane joined that, the earliest of all lanes.
    package var oldestPending: Timestamp?

    package init(counts: [TaskStatus: Int], completedLastMinute: Int, oldestPending: Timestamp?) {
        self.counts = counts
        self.completedLastMinute = completedLastMinute
        self.oldestPending = oldestPending
    }
}

/// How many tasks wait in a lane.
package struct LaneBacklog: Sendable, Equatable {
    package var lane: Lane
    package var count: Int

    package init(lane: Lane, count: Int) {
        self.lane = lane
        self.count = count
    }
}
