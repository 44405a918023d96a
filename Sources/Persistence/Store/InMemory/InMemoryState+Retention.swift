import Knowledge

extension InMemoryState {
    mutating func pruneTasks(_ rule: PruneRule, limit: Int) -> PrunedTasks {
        guard limit > 0 else { return PrunedTasks(count: 0, last: nil) }
        let start = tasks.order.partitioningIndex { $0 > rule.after }
        let seen = tasks.order[start...].prefix(limit)
        var pruned: [TaskNumber] = []
        var going: Set<TaskNumber> = []
        for number in seen {
            guard let task = tasks[number]?.record else { continue }
            if rule.isPast(task.createdAt, taken: pruned.count) {
                prune(pruned)
                return PrunedTasks(count: pruned.count, last: nil)
            }
            guard task.status.isTerminal, isFree(task, after: going), rule.covers(endedAt: task.endedAt, taken: pruned.count) else {
                continue
            }
            pruned.append(number)
            going.insert(number)
        }
        prune(pruned)
        return PrunedTasks(count: pruned.count, last: seen.count < limit ? nil : seen.last)
    }

    /// Whether no import needs the task any more, once those are gone that go.
    private func isFree(_ task: TaskRecord, after going: Set<TaskNumber>) -> Bool {
        if task.type == .importMemories {
            guard imports[task.number]?.record.state == .ended else { return false }
            return !tasks.all.contains { $0.record.parent == task.number && !$0.record.status.isTerminal }
        }
        guard let parent = task.parent, tasks[parent] != nil else { return true }
        return going.contains(parent)
    }

    private mutating func prune(_ numbers: [TaskNumber]) {
        guard let highest = numbers.last else { return }
        let gone = Set(numbers)
        for number in numbers {
            guard let task = tasks[number]?.record else { continue }
            imports[number] = nil
            removed[number] = nil
            guard let memory = task.memory, memories[memory]?.task == number else { continue }
            memories.update(memory) { row in
                row.record.taskStatus = task.status
                row.record.taskProgress = task.progress
            }
        }
        let projects = Set(numbers.compactMap { tasks[$0]?.record.project })
        for project in projects { self.projects.update(project) { $0.tasks.removeEarly(gone, upTo: highest) } }
        tasks.removeEarly(gone, upTo: highest)
    }

    func finishedTasks() -> Int {
        var held = Set(imports.filter { $0.value.record.state != .ended }.keys)
        held.formUnion(tasks.all.filter { !$0.record.status.isTerminal }.compactMap(\.record.parent))
        return tasks.all.count { $0.record.status.isTerminal && !($0.record.importParent.map(held.contains) ?? false) }
    }
}

extension InMemoryStore {
    package func pruneTasks(_ rule: PruneRule, limit: Int) async throws -> PrunedTasks { try access { $0.pruneTasks(rule, limit: limit) } }

    package func finishedTasks() async throws -> Int { try access { $0.finishedTasks() } }

    package func shrink() async throws -> Bool { try access { _ in false } }
}

extension RandomAccessCollection {
    /// The first index whose element, and every later one, satisfies a condition. O(log count).
    func partitioningIndex(where isLater: (Element) -> Bool) -> Index {
        var low = startIndex
        var count = self.count
        while count > 0 {
            let half = count / 2
            let middle = index(low, offsetBy: half)
            if isLater(self[middle]) {
                count = half
            } else {
                low = index(after: middle)
                count -= half + 1
            }
        }
        return low
    }
}

extension Array where Element: Comparable & Hashable {
    /// Removes elements of this ascending array of which `highest` is the last, without a look at those behind it.
    mutating func removeEarly(_ gone: Set<Element>, upTo highest: Element) {
        let end = partitioningIndex { $0 > highest }
        let kept = self[..<end].filter { !gone.contains($0) }
        replaceSubrange(..<end, with: kept)
    }
}
