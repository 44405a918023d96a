import Knowledge

extension InMemoryState {
    func tasks(_ query: TaskQuery, slice: Slice) -> [TaskRecord] {
        let numbers = self.numbers(in: query.projects, all: tasks.order, of: \.tasks)
        let search = query.search.map(TextSearch.init)
        let matching = numbers.reversed().lazy.filter { number in
            guard let task = tasks[number]?.record else { return false }
            if let status = query.status, task.status != status { return false }
            if let type = query.type, task.type != type { return false }
            if let entity = query.entity, task.memoryID != entity || task.memory.flatMap({ memories[$0] }) == nil { return false }
            if let parent = query.parent, task.parentID != parent { return false }
            guard let search else { return true }
            return search.isFound(in: task.message) || search.isFound(in: task.id.description) || task.error.map(search.isFound) ?? false
        }
        return matching.dropFirst(max(0, slice.offset)).prefix(max(0, slice.limit)).compactMap(task)
    }

    func statistics(since moment: Timestamp, now: Timestamp, projects wanted: [ProjectNumber]?) -> TaskStatistics {
        var statistics = tally.statistics(since: moment, now: now, projects: wanted)
        let heads = lanes.filter { wanted?.contains($0.key.project) ?? true }.compactMap { $0.value.first?.task }
        statistics.oldestPending = heads.compactMap { tasks[$0]?.record.queuedAt }.min()
        return statistics
    }

    func backlog() -> [LaneBacklog] {
        lanes.filter { $0.value.count > 0 }
            .map { LaneBacklog(lane: $0.key, count: $0.value.count) }
            .sorted { ($0.lane.project, $0.lane.priority.rawValue) < ($1.lane.project, $1.lane.priority.rawValue) }
    }
}
