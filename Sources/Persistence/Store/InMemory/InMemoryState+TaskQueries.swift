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

    /// O(tasks).
    func statistics(since moment: Timestamp, now: Timestamp, projects wanted: [ProjectNumber]?) -> TaskStatistics {
        let wanted = wanted.map(Set.init)
        let minuteAgo = now.advanced(bySeconds: -60)
        var statistics = TaskStatistics(counts: [:], completedLastMinute: 0, oldestPending: nil)
        for status in TaskStatus.allCases { statistics.counts[status] = 0 }
        for row in tasks.all {
            let task = row.record
            if let wanted, !wanted.contains(task.project) { continue }
            if !task.status.isTerminal || task.createdAt >= moment { statistics.counts[task.status, default: 0] += 1 }
            if task.status == .completed, let endedAt = task.endedAt, endedAt > minuteAgo, endedAt <= now {
                statistics.completedLastMinute += 1
            }
            if task.status == .pending { statistics.oldestPending = min(statistics.oldestPending ?? task.queuedAt, task.queuedAt) }
        }
        return statistics
    }

    func backlog() -> [LaneBacklog] {
        lanes.filter { $0.value.count > 0 }
            .map { LaneBacklog(lane: $0.key, count: $0.value.count) }
            .sorted { ($0.lane.project, $0.lane.priority.rawValue) < ($1.lane.project, $1.lane.priority.rawValue) }
    }
}
