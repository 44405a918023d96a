package import Knowledge
package import Persistence

/// How long tasks wait for their turn to be worked on: a pure account of the lanes, told of every arrival, start and end.
///
/// A lane's pace is what it is seen to be: while tasks of it wait, each start after the one before tells how long the workers that are its share
/// took for one task. Others' work is counted as fair sharing has it: of each other lane at most as much is done first as of this one, by weight.
/// So a project that appears is in the figures at once, and one that is nearly done does not weigh for ever.
package struct QueueEstimator: Sendable {
    private struct Line {
        /// Waiting tasks, as far as known.
        var waiting = 0
        /// Begun and not ended.
        var inHand = 0
        var lastStart: Timestamp?
        /// Worker-seconds that were the lane's share while tasks of it waited, and the tasks begun in them; both fade.
        var spent = 0.0
        var begun = 0.0
    }

    /// What the workers of an engine are.
    package struct Capacity: Sendable, Equatable {
        package var workers: Int
        package var workersPerProject = Int.max
        /// How many tasks of a lane may be in hand.
        package var window = 33
        /// `bulk` gets one turn in this many while `interactive` has work.
        package var bulkShare = 8

        package init(workers: Int) {
            self.workers = workers
        }

        /// What one lane can use at most.
        var most: Double { Double(min(workers, workersPerProject, window)) }
    }

    /// A start counts 1/e as much after this many more.
    private static let memory = 128.0
    /// How many starts what is known of the work in general counts for.
    private static let prior = 4.0
    /// How many lanes that rest are remembered.
    private static let idleLimit = 256
    /// With more lanes than this that have waiting tasks, all of these are taken to have many.
    private static let fewLanes = 64

    package var capacity: Capacity
    private var lines: [Lane: Line] = [:]
    /// The lanes with waiting tasks, by priority.
    private var backlogged: [TaskPriority: Int] = [:]
    /// Tasks that use a worker.
    private var working = 0

    package init(capacity: Capacity) {
        self.capacity = capacity
    }

    package mutating func arrived(_ lane: Lane, count: Int) {
        setWaiting(of: lane, to: (lines[lane]?.waiting ?? 0) + count)
    }

    /// Fewer than asked for means that nothing waits.
    package mutating func claimed(_ lane: Lane, asked: Int, received: Int) {
        setWaiting(of: lane, to: received < asked ? 0 : max(0, (lines[lane]?.waiting ?? 0) - received))
    }

    private mutating func setWaiting(of lane: Lane, to count: Int) {
        let before = lines[lane]?.waiting ?? 0
        lines[lane, default: Line()].waiting = count
        backlogged[lane.priority, default: 0] += (count > 0 ? 1 : 0) - (before > 0 ? 1 : 0)
        forget(lane)
    }

    /// A task begins to work.
    /// - Parameter queuedAt: when it joined its lane.
    package mutating func began(_ lane: Lane, queuedAt: Timestamp, at now: Timestamp) {
        working += 1
        var line = lines[lane] ?? Line()
        line.inHand += 1
        // Only if it has waited all the time since the start before it is that time its lane's pace.
        if let last = line.lastStart, queuedAt <= last {
            line.spent += max(0, last.seconds(until: now)) * concurrency(of: lane)
            line.begun += 1
            line.spent *= 1 - 1 / Self.memory
            line.begun *= 1 - 1 / Self.memory
        }
        line.lastStart = now
        lines[lane] = line
    }

    /// A task that began needs its worker no more.
    package mutating func leftWorker() {
        working -= 1
    }

    /// A task that began has come to its end, and has left its worker before.
    package mutating func ended(_ lane: Lane) {
        lines[lane]?.inHand -= 1
        forget(lane)
    }

    /// How many seconds it is until the task at a position of a lane begins; `nil` when nobody knows, or nobody works. O(lanes with waiting tasks).
    /// - Parameters:
    ///   - position: from 1.
    ///   - work: how long a task has its worker, on average, as far as is known.
    package func wait(in lane: Lane, position: Int, work: Double?, at now: Timestamp) -> Double? {
        guard capacity.workers > 0, let cost = cost(of: lane, work: work, at: now) else { return nil }
        let line = lines[lane] ?? Line()
        let free = max(0, min(capacity.workers - working, Int(capacity.most) - line.inHand))
        // In the middle of the time between two starts.
        let ahead = max(0, Double(position - free) - 0.5) * cost
        guard ahead > 0 else { return 0 }
        var total = ahead
        for (other, line) in lines where line.waiting > 0 && other != lane {
            guard let cost = self.cost(of: other, work: work, at: nil) else { continue }
            total += min(Double(line.waiting) * cost, ahead * weight(of: other) / weight(of: lane))
        }
        return max(total / Double(capacity.workers), ahead / capacity.most)
    }

    /// How many tasks of a lane are in hand.
    package func inHand(of lane: Lane) -> Int { lines[lane]?.inHand ?? 0 }

    /// Worker-seconds for a task of a lane.
    private func cost(of lane: Lane, work: Double?, at now: Timestamp?) -> Double? {
        guard let line = lines[lane] else { return work }
        let prior = work == nil ? 0 : Self.prior
        guard line.begun + prior > 0 else { return nil }
        let spent = line.spent + prior * (work ?? 0)
        let cost = spent / (line.begun + prior)
        guard let now, let last = line.lastStart, line.waiting > 0 else { return cost }
        // A lane that stands still longer than its work explains is slower than it was.
        let share = concurrency(of: lane)
        let excess = last.seconds(until: now) - 2 * max(cost, work ?? 0)
        return excess > 0 ? (spent + excess * share) / (line.begun + prior) : cost
    }

    /// How many workers are a lane's share while some tasks of it begin: those that have nothing more to do meanwhile leave theirs to others.
    private func concurrency(of lane: Lane) -> Double {
        let own = weight(of: lane)
        let others = backlogged.values.reduce(0, +)
        if others <= Self.fewLanes {
            let horizon = 2 * Double(capacity.workers)
            var all = horizon
            for (other, line) in lines where line.waiting > 0 && other != lane {
                all += min(Double(line.waiting), horizon * weight(of: other) / own)
            }
            return min(capacity.most, Double(capacity.workers) * horizon / max(all, 1))
        }
        var all = lines[lane]?.waiting ?? 0 > 0 ? 0 : own
        for priority in TaskPriority.allCases {
            all += Double(backlogged[priority] ?? 0) * weight(of: Lane(project: lane.project, priority: priority))
        }
        return min(capacity.most, Double(capacity.workers) * own / max(all, own))
    }

    /// The turns of a lane beside those of others. Priorities share by turns, and the lanes of one share those evenly.
    private func weight(of lane: Lane) -> Double {
        let (interactive, bulk) = (backlogged[.interactive] ?? 0, backlogged[.bulk] ?? 0)
        guard interactive > 0, bulk > 0 else { return 1 }
        return lane.priority == .bulk ? 1 / Double(bulk) : Double(max(1, capacity.bulkShare - 1)) / Double(interactive)
    }

    private mutating func forget(_ lane: Lane) {
        guard lines.count > Self.idleLimit, let line = lines[lane], line.waiting == 0, line.inHand == 0 else { return }
        lines[lane] = nil
    }
}

extension Timestamp {
    /// Negative when that is earlier.
    package func seconds(until later: Timestamp) -> Double { Double(later.microseconds - microseconds) / 1e6 }
}
