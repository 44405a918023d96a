package import Knowledge

/// How many tasks there are, kept up with every change, so that to ask costs nothing: waiting and running ones whatever their age, ended ones by the
/// minute in which they were accepted, completions by the second in which they came.
///
/// Minutes more than 25 hours before the newest, and seconds more than five minutes before the newest, are forgotten.
package struct TaskTally: Sendable, Equatable {
    package static let minutes: Int64 = 25 * 60
    private static let seconds: Int64 = 300

    /// Tasks that were accepted in one minute and have ended.
    package struct Ended: Sendable, Equatable {
        package var completed = 0
        package var failed = 0
        package var cancelled = 0

        package init() {}

        package subscript(_ status: TaskStatus) -> Int {
            get {
                switch status {
                case .completed: completed
                case .failed: failed
                case .cancelled: cancelled
                case .pending, .processing: 0
                }
            }
            set {
                switch status {
                case .completed: completed = newValue
                case .failed: failed = newValue
                case .cancelled: cancelled = newValue
                case .pending, .processing: break
                }
            }
        }
    }

    fileprivate struct Share: Sendable, Equatable {
        var interactive = 0
        var bulk = 0
        var running = 0
        var ended: [Int64: Ended] = [:]
        var completions: [Int64: Int] = [:]

        var waiting: Int { interactive + bulk }
    }

    private var shares: [ProjectNumber: Share] = [:]
    /// Projects that are deleted while some of their rows are still there.
    private var deleted: Set<ProjectNumber> = []
    private var all = Share()
    private var newestMinute = Int64.min
    private var newestSecond = Int64.min

    package init() {}

    /// One step of one task.
    package struct Change: Sendable {
        package var lane: Lane
        /// `nil`: it came into being.
        package var from: TaskStatus?
        /// `nil`: its row is gone. That of an ended task is not forgotten here: it was one.
        package var to: TaskStatus?
        package var acceptedAt: Timestamp
        package var endedAt: Timestamp?

        package init(lane: Lane, from: TaskStatus?, to: TaskStatus?, acceptedAt: Timestamp, endedAt: Timestamp? = nil) {
            self.lane = lane
            self.from = from
            self.to = to
            self.acceptedAt = acceptedAt
            self.endedAt = endedAt
        }
    }

    package mutating func apply(_ change: Change) {
        let project = change.lane.project
        // What still happens to the rows of a project that was deleted is nobody's business.
        guard !deleted.contains(project) else { return }
        let minute = Self.minute(of: change.acceptedAt)
        if let from = change.from, change.to != nil || !from.isTerminal { add(-1, from, change.lane, minute) }
        if let to = change.to { add(1, to, change.lane, minute) }
        if change.to == .completed, let endedAt = change.endedAt { addCompletion(at: Self.second(of: endedAt), of: project, count: 1) }
    }

    /// Adds tasks that are found when a store is opened.
    package mutating func add(_ count: Int, _ status: TaskStatus, _ lane: Lane, acceptedIn minute: Int64) {
        add(count, status, lane, minute)
    }

    package mutating func addCompletions(_ count: Int, in second: Int64, of project: ProjectNumber) {
        addCompletion(at: second, of: project, count: count)
    }

    private mutating func add(_ count: Int, _ status: TaskStatus, _ lane: Lane, _ minute: Int64) {
        switch status {
        case .pending:
            shares[lane.project, default: Share()].wait(count, lane.priority)
            all.wait(count, lane.priority)
        case .processing:
            shares[lane.project, default: Share()].running += count
            all.running += count
        case .completed, .failed, .cancelled:
            newestMinute = max(newestMinute, minute)
            guard minute > newestMinute - Self.minutes else { return }
            shares[lane.project, default: Share()].end(count, status, minute, newest: newestMinute)
            all.end(count, status, minute, newest: newestMinute)
        }
    }

    private mutating func addCompletion(at second: Int64, of project: ProjectNumber, count: Int) {
        newestSecond = max(newestSecond, second)
        guard second > newestSecond - Self.seconds else { return }
        shares[project, default: Share()].complete(count, second, newest: newestSecond)
        all.complete(count, second, newest: newestSecond)
    }

    /// A project is deleted: its tasks count no more, whatever still happens to their rows until ``forget(_:)``.
    package mutating func remove(_ project: ProjectNumber) {
        deleted.insert(project)
        guard let share = shares.removeValue(forKey: project) else { return }
        all.interactive -= share.interactive
        all.bulk -= share.bulk
        all.running -= share.running
        for (minute, ended) in share.ended {
            for status in [TaskStatus.completed, .failed, .cancelled] { all.ended[minute]?[status] -= ended[status] }
        }
        for (second, count) in share.completions { all.completions[second]? -= count }
    }

    /// Nothing is left of a deleted project.
    package mutating func forget(_ project: ProjectNumber) {
        deleted.remove(project)
    }

    /// Without ``TaskStatistics/oldestPending``. O(projects asked for); the minute of `moment` counts as a whole.
    package func statistics(since moment: Timestamp, now: Timestamp, projects: [ProjectNumber]?) -> TaskStatistics {
        let wanted = projects.map { Set($0).compactMap { shares[$0] } } ?? [all]
        let first = Self.minute(of: moment)
        let last = Self.second(of: now)
        var statistics = TaskStatistics(counts: [:], completedLastMinute: 0, oldestPending: nil)
        for status in TaskStatus.allCases { statistics.counts[status] = 0 }
        for share in wanted {
            statistics.counts[.pending, default: 0] += share.waiting
            statistics.counts[.processing, default: 0] += share.running
            for (minute, ended) in share.ended where minute >= first {
                for status in [TaskStatus.completed, .failed, .cancelled] { statistics.counts[status, default: 0] += ended[status] }
            }
            for (second, count) in share.completions where second > last - 60 && second <= last { statistics.completedLastMinute += count }
        }
        return statistics
    }

    /// How many tasks wait and run, of some projects or all. O(projects asked for).
    package func standing(of projects: [ProjectNumber]? = nil) -> (waiting: Int, running: Int) {
        let wanted = projects.map { Set($0).compactMap { shares[$0] } } ?? [all]
        return wanted.reduce((0, 0)) { ($0.0 + $1.waiting, $0.1 + $1.running) }
    }

    /// Every lane in which tasks wait, in order. O(projects · log projects).
    package func backlog(of projects: [ProjectNumber]? = nil) -> [LaneBacklog] {
        (projects.map { Array(Set($0)) } ?? Array(shares.keys)).sorted().flatMap { project -> [LaneBacklog] in
            guard let share = shares[project] else { return [] }
            return [(TaskPriority.interactive, share.interactive), (.bulk, share.bulk)].filter { $0.1 > 0 }
                .map { LaneBacklog(lane: Lane(project: project, priority: $0.0), count: $0.1) }
        }
    }

    package static func minute(of moment: Timestamp) -> Int64 { floor(moment.microseconds, 60_000_000) }
    package static func second(of moment: Timestamp) -> Int64 { floor(moment.microseconds, 1_000_000) }

    private static func floor(_ value: Int64, _ unit: Int64) -> Int64 {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: unit)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

extension TaskTally.Share {
    fileprivate mutating func wait(_ count: Int, _ priority: TaskPriority) {
        switch priority {
        case .interactive: interactive += count
        case .bulk: bulk += count
        }
    }

    fileprivate mutating func end(_ count: Int, _ status: TaskStatus, _ minute: Int64, newest: Int64) {
        ended[minute, default: TaskTally.Ended()][status] += count
        guard ended.count > TaskTally.minutes + 100 else { return }
        ended = ended.filter { $0.key > newest - TaskTally.minutes }
    }

    fileprivate mutating func complete(_ count: Int, _ second: Int64, newest: Int64) {
        completions[second, default: 0] += count
        guard completions.count > 400 else { return }
        completions = completions.filter { $0.key > newest - 300 }
    }
}
