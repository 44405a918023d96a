package import Knowledge
package import Persistence

/// When tasks will be done, as far as can be told: a pure value that is told of everything that happens to tasks, with the moment.
///
/// What is said of a task in hand is the median of what remained for others of its type and size at the same stage that had lasted as long, or, within an
/// extraction that reports its parts, what they took. For one that waits it is the wait for its turn and the whole of the way from there.
package struct Forecast: Sendable {
    /// Beside the stages that clients see: from the claim to the first of these.
    package static let claimed = "claim"
    /// Extracted, and waiting for the lane's order.
    package static let turn = "turn"
    /// From the claim until the worker is free again.
    package static let work = "work"

    /// The way of a task in hand.
    private struct Course {
        struct Mark {
            var stage: String
            var at: Timestamp
        }

        let lane: Lane
        let type: TaskType
        let size: SizeClass
        let parent: Identifier?
        var marks: [Mark]
        var parts: (done: Int, total: Int, at: Timestamp)?
        var hasWorker = true
        /// It waits for another attempt: nobody knows how that will go.
        var isPausing = false
    }

    package private(set) var statistics = StageStatistics()
    private var queues: QueueEstimator
    private var courses: [Identifier: Course] = [:]

    package init(capacity: QueueEstimator.Capacity) {
        queues = QueueEstimator(capacity: capacity)
    }

    /// What the lanes share.
    package var capacity: QueueEstimator.Capacity {
        get { queues.capacity }
        set { queues.capacity = newValue }
    }

    package mutating func load(_ sketch: DurationSketch, for key: StageStatistics.Key) { statistics.load(sketch, for: key) }

    package mutating func takeChanged() -> [(key: StageStatistics.Key, sketch: DurationSketch)] { statistics.takeChanged() }

    package mutating func didNotKeep(_ keys: [StageStatistics.Key]) { statistics.didNotKeep(keys) }

    // MARK: Lanes

    package mutating func arrived(_ lane: Lane, count: Int) { queues.arrived(lane, count: count) }

    package mutating func claimed(_ lane: Lane, asked: Int, received: Int) { queues.claimed(lane, asked: asked, received: received) }

    // MARK: Tasks in hand

    /// - Parameters:
    ///   - bytes: the size of its input; `nil` when it has none.
    ///   - parent: the import that made it.
    package mutating func began(
        _ id: Identifier, type: TaskType, lane: Lane, bytes: Int?, parent: Identifier? = nil, queuedAt: Timestamp, at now: Timestamp
    ) {
        left(id)
        courses[id] = Course(
            lane: lane, type: type, size: bytes.map(SizeClass.init(bytes:)) ?? .any, parent: parent,
            marks: [.init(stage: Self.claimed, at: now)])
        queues.began(lane, queuedAt: queuedAt, at: now)
    }

    /// Another attempt begins.
    package mutating func beganAgain(_ id: Identifier, at now: Timestamp) {
        courses[id]?.marks = [.init(stage: Self.claimed, at: now)]
        courses[id]?.parts = nil
        courses[id]?.isPausing = false
    }

    package mutating func pauses(_ id: Identifier) { courses[id]?.isPausing = true }

    /// Enters a stage; one that it is in already is not entered again.
    package mutating func entered(_ stage: String, _ id: Identifier, at now: Timestamp) {
        guard let last = courses[id]?.marks.last, last.stage != stage else { return }
        courses[id]?.marks.append(.init(stage: stage, at: max(now, last.at)))
        courses[id]?.parts = nil
    }

    package mutating func reported(_ done: Int, of total: Int, _ id: Identifier, at now: Timestamp) {
        guard done > 0, done <= total else { return }
        courses[id]?.parts = (done, total, now)
    }

    /// Its extraction is over, and with it the need of a worker.
    package mutating func extracted(_ id: Identifier, at now: Timestamp) {
        entered(Self.turn, id, at: now)
        leaveWorker(id)
    }

    /// Its work has succeeded: what it took is remembered.
    package mutating func completed(_ id: Identifier, at now: Timestamp) {
        guard let course = courses[id] else { return }
        for (index, mark) in course.marks.enumerated() {
            let next = index + 1 < course.marks.count ? course.marks[index + 1].at : now
            statistics.record(mark.at.seconds(until: next), .duration, of: mark.stage, type: course.type, size: course.size)
            statistics.record(mark.at.seconds(until: now), .remainder, of: mark.stage, type: course.type, size: course.size)
            if mark.stage == Self.turn, let first = course.marks.first {
                statistics.record(first.at.seconds(until: mark.at), .duration, of: Self.work, type: course.type, size: course.size)
            }
        }
        left(id)
    }

    /// It is not in hand any more. Harmless to say twice.
    package mutating func left(_ id: Identifier) {
        leaveWorker(id)
        guard let course = courses.removeValue(forKey: id) else { return }
        queues.ended(course.lane)
    }

    private mutating func leaveWorker(_ id: Identifier) {
        guard courses[id]?.hasWorker == true else { return }
        courses[id]?.hasWorker = false
        queues.leftWorker()
    }

    // MARK: What is to be expected

    /// Seconds until a task in hand has ended; `nil` when there is no telling.
    package func rest(of id: Identifier, at now: Timestamp) -> Double? {
        guard let course = courses[id], !course.isPausing, let mark = course.marks.last else { return nil }
        func remainder(_ stage: String, elapsed: Double) -> Double? {
            statistics.rest(.remainder, of: stage, type: course.type, size: course.size, elapsed: elapsed)
        }
        guard let parts = course.parts else { return remainder(mark.stage, elapsed: max(0, mark.at.seconds(until: now))) }
        // One part more is taken to have been read at the pace that others have shown.
        var (read, spent) = (Double(parts.done), mark.at.seconds(until: parts.at))
        if let usual = statistics.rest(.duration, of: mark.stage, type: course.type, size: course.size, elapsed: 0) {
            read += 1
            spent += usual / Double(parts.total)
        }
        let rest = Double(parts.total - parts.done) * spent / read
        return max(0, rest - parts.at.seconds(until: now)) + (remainder(Self.turn, elapsed: 0) ?? 0)
    }

    /// Seconds until a waiting task has ended; `nil` when there is no telling.
    /// - Parameters:
    ///   - bytes: the size of its input; `nil` when that is not known, or it has none.
    ///   - position: from 1, in its lane.
    package func rest(waitingIn lane: Lane, type: TaskType, bytes: Int? = nil, position: Int, at now: Timestamp) -> Double? {
        let size = bytes.map(SizeClass.init(bytes:)) ?? .any
        guard let wait = queues.wait(in: lane, position: position, work: averageWork, at: now),
            let way = statistics.rest(.remainder, of: Self.claimed, type: type, size: size, elapsed: 0)
        else { return nil }
        return wait + way
    }

    /// Seconds until this many more tasks of an import have ended, those in hand among them; `nil` when there is no telling. When all of them are in
    /// hand it is what the longest has left. O(tasks in hand) then, else O(lanes with waiting tasks).
    /// - Parameter lane: where they wait.
    package func rest(untilEnded count: Int, of lane: Lane, parent: Identifier, at now: Timestamp) -> Double? {
        guard count > 0 else { return 0 }
        let inHand = queues.inHand(of: lane)
        if count <= inHand {
            let children = courses.filter { $0.value.parent == parent }.keys
            if children.count >= count {
                let rests = children.map { rest(of: $0, at: now) }
                return rests.contains(nil) ? nil : rests.compactMap(\.self).max()
            }
        }
        return rest(waitingIn: lane, type: .addEpisode, position: max(0, count - inHand), at: now)
    }

    private var averageWork: Double? {
        statistics[.init(type: .addEpisode, stage: Self.work, measure: .duration, size: .any)]?.mean
    }
}
