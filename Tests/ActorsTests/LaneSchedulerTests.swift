import Knowledge
import Persistence
import Testing

@testable import Actors

@Suite struct LaneSchedulerTests {
    /// A world of lanes that plays store and tasks against the scheduler, and counts.
    struct World {
        var random: SplitMix
        var scheduler: LaneScheduler
        let workers: Int
        let window = 5
        var stored: [Lane: Int] = [:]
        var claimed: [Lane: Int] = [:]
        var started: [Lane: Int] = [:]
        var extracting: [Lane] = []
        var waiting: [Lane] = []
        var claims: [(lane: Lane, limit: Int)] = []
        var accepted = 0
        var finished = 0

        init(seed: UInt64) {
            random = SplitMix(seed: seed)
            workers = Int.random(in: 1...8, using: &random)
            scheduler = LaneScheduler(workers: workers, window: window)
        }

        mutating func accept(_ lane: Lane) {
            stored[lane, default: 0] += 1
            accepted += 1
            scheduler.arrived(lane)
        }

        mutating func obey() {
            while let order = scheduler.next() {
                switch order {
                case .claim(let lane, let limit):
                    #expect(!claims.contains { $0.lane == lane }, "a lane is claimed once at a time")
                    claims.append((lane, limit))
                case .start(let lane):
                    #expect(claimed[lane, default: 0] > 0)
                    claimed[lane, default: 0] -= 1
                    started[lane, default: 0] += 1
                    extracting.append(lane)
                }
            }
            #expect(extracting.count <= workers)
            let claimedOrAsked = claimed.values.reduce(0, +) + claims.reduce(0) { $0 + $1.limit }
            #expect(extracting.count + claimedOrAsked <= workers, "nothing is claimed that has no worker")
            #expect(started.values.allSatisfy { $0 <= window })
        }

        /// Something that was ordered happens.
        mutating func happen() {
            switch Int.random(in: 0..<4, using: &random) {
            case 0 where !claims.isEmpty:
                let claim = claims.remove(at: Int.random(in: 0..<claims.count, using: &random))
                if Int.random(in: 0..<10, using: &random) == 0 {
                    scheduler.claimFailed(claim.lane, asked: claim.limit)
                    scheduler.retry(claim.lane)
                    return
                }
                let taken = min(claim.limit, stored[claim.lane, default: 0])
                stored[claim.lane, default: 0] -= taken
                claimed[claim.lane, default: 0] += taken
                scheduler.claimed(claim.lane, asked: claim.limit, received: taken)
            case 1 where !extracting.isEmpty:
                let lane = extracting.remove(at: Int.random(in: 0..<extracting.count, using: &random))
                waiting.append(lane)
                scheduler.extracted(lane)
            case 2 where !waiting.isEmpty:
                let lane = waiting.remove(at: Int.random(in: 0..<waiting.count, using: &random))
                started[lane, default: 0] -= 1
                finished += 1
                scheduler.finished(lane)
            default:
                break
            }
        }
    }

    static func lane(_ project: Int64, _ priority: TaskPriority) -> Lane { Lane(project: ProjectNumber(project), priority: priority) }

    /// 2,000 random schedules: bounds hold at every step, and every accepted task is started and finished in the end.
    @Test(arguments: 0..<20)
    func randomSchedulesLoseNothingAndKeepTheBounds(block: UInt64) {
        for seed in block * 100..<(block + 1) * 100 {
            var world = World(seed: seed)
            for _ in 0..<Int.random(in: 1...200, using: &world.random) {
                if Bool.random(using: &world.random) {
                    world.accept(
                        Self.lane(Int64.random(in: 1...6, using: &world.random), Bool.random(using: &world.random) ? .bulk : .interactive))
                }
                world.obey()
                world.happen()
            }
            var steps = 0
            world.obey()
            while world.finished < world.accepted || !world.claims.isEmpty, steps < 100_000 {
                world.happen()
                world.obey()
                steps += 1
            }
            #expect(world.finished == world.accepted, "seed \(seed)")
            #expect(world.scheduler.next() == nil)
            #expect(world.scheduler.backlog == 0)
        }
    }

    @Test func aLargeLaneDelaysAnotherByNoMoreThanWhatRunsAlready() {
        var scheduler = LaneScheduler(workers: 4)
        let large = Self.lane(1, .interactive)
        let small = Self.lane(2, .interactive)
        scheduler.arrived(large, count: 100_000)
        #expect(scheduler.next() == .claim(large, limit: 4))
        scheduler.claimed(large, asked: 4, received: 4)
        for _ in 0..<4 { #expect(scheduler.next() == .start(large)) }
        scheduler.arrived(small)
        #expect(scheduler.next() == nil)
        var claimedOfLarge = 0
        while true {
            scheduler.extracted(large)
            guard case .claim(let lane, 1) = scheduler.next() else { break }
            scheduler.claimed(lane, asked: 1, received: 1)
            if lane == small { break }
            claimedOfLarge += 1
            #expect(scheduler.next() == .start(large))
        }
        #expect(claimedOfLarge <= 1)
        #expect(scheduler.next() == .start(small))
    }

    @Test func bulkGetsItsShareAndNoMore() {
        var scheduler = LaneScheduler(workers: 1)
        let lanes = [Self.lane(1, .interactive), Self.lane(1, .bulk)]
        for lane in lanes { scheduler.arrived(lane, count: 1000) }
        var starts: [TaskPriority: Int] = [:]
        while starts.values.reduce(0, +) < 160, let order = scheduler.next() {
            switch order {
            case .claim(let lane, let limit): scheduler.claimed(lane, asked: limit, received: limit)
            case .start(let lane):
                starts[lane.priority, default: 0] += 1
                scheduler.extracted(lane)
                scheduler.finished(lane)
            }
        }
        #expect((15...25).contains(starts[.bulk] ?? 0))
    }

    @Test func noWorkersStartNothing() {
        var scheduler = LaneScheduler(workers: 0)
        scheduler.arrived(Self.lane(1, .interactive), count: 5)
        #expect(scheduler.next() == nil)
    }
}
