import Knowledge
import Persistence

@testable import Actors

/// What happens to an engine from outside, drawn from a seed: tasks and what they are like, a provider with moods, cancels, kills, reconfigurations.
struct SimulationPlan {
    enum Behaviour {
        /// Is done after so many milliseconds, with a report every so often.
        case finds(after: Int, reports: Int)
        case fails(times: Int)
        case hopeless
        case silent(times: Int)
        /// Reports nothing and heeds no cancellation.
        case stuck(times: Int)
        /// Ends the process.
        case poison
    }

    struct Arrival {
        var at: Int
        var lane: Lane
        var cost: Int
        var behaviour: Behaviour
        var cancelledAt: Int?
    }

    let seed: UInt64
    var limits: LaneScheduler.Limits
    var window: Int
    var arrivals: [Arrival] = []
    /// When the provider refuses requests.
    var refusals: [Range<Int>] = []
    var kills: [Int] = []
    var restarts: [Int] = []
    var reconfigurations: [(at: Int, limits: LaneScheduler.Limits)] = []
    var deadlines = Deadlines()
    var retry = RetryPolicy()
    private(set) var largestCost = 1

    init(seed: UInt64) {
        self.seed = seed
        var random = SplitMix64(seed: seed)
        limits = Self.limits(&random)
        window = Int.random(in: 1...6, using: &random)
        deadlines.total = .seconds(5)
        deadlines.silence = .seconds(1)
        retry.retryable.attempts = 3
        retry.rateLimited.attempts = 200
        switch seed % 100 {
        case 0 where seed % 1000 == 0: manyProjects(&random)
        case 0..<3: contention(&random)
        default: mixture(&random)
        }
        largestCost = arrivals.map(\.cost).max() ?? 1
    }

    /// Evenly chosen of all.
    func lanes(atMost count: Int) -> [Lane] {
        let all = Set(arrivals.map(\.lane)).sorted { ($0.project, $0.priority.rawValue) < ($1.project, $1.priority.rawValue) }
        return stride(from: 0, to: all.count, by: (all.count + count - 1) / count).map { all[$0] }
    }

    private static func limits(_ random: inout SplitMix64) -> LaneScheduler.Limits {
        LaneScheduler.Limits(
            workers: Int.random(in: 1...8, using: &random),
            workersPerProject: Bool.random(using: &random) ? .max : Int.random(in: 1...4, using: &random),
            bulkShare: Int.random(in: 2...8, using: &random))
    }

    /// A little of everything.
    private mutating func mixture(_ random: inout SplitMix64) {
        let projects = Int64.random(in: 1...6, using: &random)
        let span = Int.random(in: 1...3000, using: &random)
        let trouble = Int.random(in: 0...60, using: &random)
        for _ in 0..<Int.random(in: 1...30, using: &random) {
            let at = Int.random(in: 0..<span, using: &random)
            arrivals.append(
                Arrival(
                    at: at, lane: Lane(project: ProjectNumber(.random(in: 1...projects, using: &random)), priority: priority(&random)),
                    cost: Int.random(in: 0..<4, using: &random) == 0
                        ? .random(in: 1...60, using: &random) : .random(in: 1...3, using: &random),
                    behaviour: behaviour(trouble, &random),
                    cancelledAt: Int.random(in: 0..<12, using: &random) == 0 ? at + .random(in: 0...2000, using: &random) : nil))
        }
        if Int.random(in: 0..<3, using: &random) == 0 {
            for _ in 0..<2 {
                let start = Int.random(in: 0..<4000, using: &random)
                refusals.append(start..<start + Int.random(in: 1...3000, using: &random))
            }
        }
        if Int.random(in: 0..<4, using: &random) == 0 {
            kills = [.random(in: 1...4000, using: &random), .random(in: 1...9000, using: &random)]
        }
        if Int.random(in: 0..<4, using: &random) == 0 { restarts = [.random(in: 1...4000, using: &random)] }
        if Int.random(in: 0..<3, using: &random) == 0 {
            for _ in 0..<3 { reconfigurations.append((.random(in: 0...4000, using: &random), Self.limits(&random))) }
        }
    }

    /// Few lanes with more than they can do: who is starved shows here.
    private mutating func contention(_ random: inout SplitMix64) {
        let projects = Int64.random(in: 1...2, using: &random)
        limits.workers = Int.random(in: 1...3, using: &random)
        limits.bulkShare = Int.random(in: 2...4, using: &random)
        for index in 0..<360 {
            let isBulk = index % 6 == 0
            arrivals.append(
                Arrival(
                    at: index / 4,
                    lane: Lane(project: ProjectNumber(.random(in: 1...projects, using: &random)), priority: isBulk ? .bulk : .interactive),
                    cost: Int.random(in: 1...2, using: &random), behaviour: .finds(after: .random(in: 1...9, using: &random), reports: 9)))
        }
    }

    /// One project with a large backlog, thousands with an episode each.
    private mutating func manyProjects(_ random: inout SplitMix64) {
        limits = LaneScheduler.Limits(workers: 16)
        for _ in 0..<500 {
            arrivals.append(
                Arrival(
                    at: 0, lane: Lane(project: ProjectNumber(1), priority: .interactive), cost: 2,
                    behaviour: .finds(after: .random(in: 1...20, using: &random), reports: 20)))
        }
        for project in 2...2001 as ClosedRange<Int64> {
            arrivals.append(
                Arrival(
                    at: .random(in: 0...1000, using: &random), lane: Lane(project: ProjectNumber(project), priority: priority(&random)),
                    cost: .random(in: 1...8, using: &random), behaviour: behaviour(10, &random)))
        }
    }

    private func priority(_ random: inout SplitMix64) -> TaskPriority { Bool.random(using: &random) ? .bulk : .interactive }

    /// - Parameter trouble: per cent.
    private func behaviour(_ trouble: Int, _ random: inout SplitMix64) -> Behaviour {
        guard Int.random(in: 0..<100, using: &random) < trouble else {
            return .finds(after: .random(in: 1...300, using: &random), reports: .random(in: 1...400, using: &random))
        }
        switch Int.random(in: 0..<16, using: &random) {
        case 0..<4: return .fails(times: .random(in: 1...4, using: &random))
        case 4..<6: return .hopeless
        case 6..<9: return .silent(times: .random(in: 1...3, using: &random))
        case 9..<11: return .stuck(times: .random(in: 1...3, using: &random))
        case 11: return .poison
        // Reports in time, but takes too long in all; or reports too seldom.
        case 12: return .finds(after: .random(in: 4000...7000, using: &random), reports: 700)
        default: return .finds(after: .random(in: 500...2500, using: &random), reports: .random(in: 100...1500, using: &random))
        }
    }
}
