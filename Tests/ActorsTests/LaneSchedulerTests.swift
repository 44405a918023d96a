import Knowledge
import Persistence
import Testing

@testable import Actors

@Suite struct LaneSchedulerTests {
    private func lane(_ project: Int64, _ priority: TaskPriority = .interactive) -> Lane {
        Lane(project: ProjectNumber(project), priority: priority)
    }

    private func scheduler(workers: Int, perProject: Int = .max) -> LaneScheduler {
        LaneScheduler(LaneScheduler.Limits(workers: workers, workersPerProject: perProject))
    }

    /// Obeys every order at once, with tasks of this cost; returns the lanes of the tasks that got a worker, in order.
    private func fill(_ scheduler: inout LaneScheduler, cost: (Lane) -> Int = { _ in 1 }) -> [Lane] {
        var started: [Lane] = []
        while let order = scheduler.next() {
            switch order {
            case .claim(let lane, let limit):
                scheduler.claimed(lane, asked: limit, costs: Array(repeating: cost(lane), count: limit))
            case .start(let lane), .resume(let lane):
                started.append(lane)
            }
        }
        return started
    }

    /// Runs tasks to their end one after the other; returns the lanes in the order in which tasks started.
    private func run(_ scheduler: inout LaneScheduler, tasks: Int, cost: (Lane) -> Int = { _ in 1 }) -> [Lane] {
        var started: [Lane] = []
        var running: [Lane] = []
        while started.count < tasks {
            let new = fill(&scheduler, cost: cost)
            started += new
            running += new
            guard !running.isEmpty else { break }
            let lane = running.removeFirst()
            scheduler.leftWorker(lane)
            scheduler.finished(lane)
        }
        return started
    }

    /// However far the large lane is in its turn, and whether or not the other has been served in this round.
    @Test func aLargeLaneDelaysAnotherByNoMoreThanWhatRunsAlready() {
        var scheduler = scheduler(workers: 4)
        var running = [lane(1), lane(1), lane(1), lane(1)]
        scheduler.arrived(lane(1), count: 100_000)
        #expect(fill(&scheduler) == running)
        for step in 0..<200 {
            let single = step % 3 == 0
            if single { scheduler.arrived(lane(2)) }
            #expect(scheduler.next() == nil)
            let done = running.removeFirst()
            scheduler.leftWorker(done)
            scheduler.finished(done)
            let next = fill(&scheduler)
            #expect(next == [lane(single ? 2 : 1)])
            running += next
        }
    }

    @Test func interactiveGoesBeforeTheBulkOfAllOthers() {
        var scheduler = scheduler(workers: 4)
        for project in 1...100 as ClosedRange<Int64> { scheduler.arrived(lane(project, .bulk), count: 100) }
        var running = fill(&scheduler)
        for step in 0..<100 {
            if step % 2 == 0 { scheduler.arrived(lane(200)) }
            let done = running.removeFirst()
            scheduler.leftWorker(done)
            scheduler.finished(done)
            let next = fill(&scheduler)
            #expect(next.map(\.priority) == [step % 2 == 0 ? .interactive : .bulk])
            running += next
        }
    }

    @Test func projectsShareByTheSizeOfTheirTasks() {
        var scheduler = scheduler(workers: 1)
        let costs: [Lane: Int] = [lane(1): 1, lane(2): 4, lane(3): 100]
        for lane in costs.keys { scheduler.arrived(lane, count: 100_000) }
        let started = run(&scheduler, tasks: 4000) { costs[$0] ?? 1 }
        let spent = costs.map { lane, cost in started.count { $0 == lane } * cost }
        // Within a round and the largest task of each other.
        #expect((spent.max() ?? 0) - (spent.min() ?? 0) <= 100 + 2 * FairRotation.quantum, "\(spent)")
    }

    @Test func tenThousandProjectsAreServedInOneRound() {
        var scheduler = scheduler(workers: 8)
        for project in 1...10_000 as ClosedRange<Int64> { scheduler.arrived(lane(project), count: 100) }
        let started = run(&scheduler, tasks: 10_000 * FairRotation.quantum)
        #expect(Set(started).count == 10_000)
    }

    /// New lanes go first, but for one turn in eight.
    @Test func aStreamOfNewLanesDoesNotStarveWhoWaits() {
        var scheduler = scheduler(workers: 1)
        for project in 1...2 as ClosedRange<Int64> { scheduler.arrived(lane(project), count: 1000) }
        _ = run(&scheduler, tasks: 20)
        for project in 1000..<1400 as Range<Int64> { scheduler.arrived(lane(project)) }
        let started = run(&scheduler, tasks: 320)
        let run = FairRotation.freshRun + 1
        for start in stride(from: 0, to: started.count - run, by: run) {
            #expect(started[start..<start + run].contains { $0.project <= ProjectNumber(2) }, "all of \(run) turns were new lanes'")
        }
    }

    /// Whoever has little to do at a time gets what others get in a round, and no more.
    @Test func comingAndGoingBringsNobodyMoreThanItsShare() {
        var scheduler = scheduler(workers: 1)
        scheduler.arrived(lane(1), count: 1000)
        var started = fill(&scheduler)
        while started.count < 320, let last = started.last {
            scheduler.leftWorker(last)
            scheduler.finished(last)
            // It has nothing left by now.
            if last == lane(2) || started.count == 1 { scheduler.arrived(lane(2)) }
            started += fill(&scheduler)
        }
        #expect(started.count { $0 == lane(2) } <= 160 + FairRotation.quantum)
    }

    @Test func bulkGetsItsShareAndNoMore() {
        for share in [2, 8] {
            var scheduler = LaneScheduler(LaneScheduler.Limits(workers: 1, bulkShare: share))
            for priority in TaskPriority.allCases { scheduler.arrived(lane(1, priority), count: 1000) }
            let started = run(&scheduler, tasks: 160)
            #expect(started.count { $0.priority == .bulk } == 160 / share)
        }
    }

    @Test func bulkIsNotStarvedWithinAProjectThatIsAtItsBound() {
        var scheduler = scheduler(workers: 8, perProject: 1)
        scheduler.arrived(lane(1, .interactive), count: 1000)
        scheduler.arrived(lane(1, .bulk), count: 1000)
        scheduler.arrived(lane(2, .bulk), count: 1000)
        let started = run(&scheduler, tasks: 400).filter { $0.project == ProjectNumber(1) }
        #expect((15...40).contains(started.count { $0.priority == .bulk } * 200 / started.count))
    }

    @Test func aProjectsBoundHoldsAndLeavesTheOthersTheRest() {
        var scheduler = scheduler(workers: 8, perProject: 3)
        scheduler.arrived(lane(1), count: 100)
        #expect(fill(&scheduler) == [lane(1), lane(1), lane(1)])
        scheduler.arrived(lane(2), count: 1)
        scheduler.arrived(lane(1, .bulk), count: 1)
        #expect(fill(&scheduler) == [lane(2)])
        scheduler.reconfigure(LaneScheduler.Limits(workers: 8, workersPerProject: 5))
        #expect(fill(&scheduler).count == 2)
        scheduler.reconfigure(LaneScheduler.Limits(workers: 2, workersPerProject: 1))
        for left in (0..<6).reversed() {
            scheduler.leftWorker(lane(left == 5 ? 2 : 1))
            scheduler.finished(lane(left == 5 ? 2 : 1))
            #expect(fill(&scheduler).count == (left < 1 ? 1 : 0), "nothing new until less is in use than is allowed now")
        }
    }

    @Test func whoComesBackGoesBeforeWhatIsNewAndKeepsItsPlace() {
        var scheduler = LaneScheduler(LaneScheduler.Limits(workers: 2), window: 3)
        scheduler.arrived(lane(1), count: 100)
        #expect(fill(&scheduler).count == 2)
        scheduler.leftWorker(lane(1))
        #expect(fill(&scheduler).count == 1)
        scheduler.leftWorker(lane(1))
        #expect(scheduler.next() == nil, "the window is full")
        scheduler.resumed(lane(1))
        #expect(scheduler.next() == .resume(lane(1)))
        scheduler.leftWorker(lane(1))
        scheduler.resumed(lane(1))
        scheduler.withdrew(lane(1))
        scheduler.finished(lane(1))
        #expect(scheduler.next() == .claim(lane(1), limit: 1))
    }

    @Test func whileItIsHeldNothingNewIsTakenAndWhatIsInHandGoesOn() {
        var scheduler = scheduler(workers: 2)
        scheduler.arrived(lane(1), count: 10)
        #expect(fill(&scheduler).count == 2)
        scheduler.hold(true)
        scheduler.leftWorker(lane(1))
        scheduler.arrived(lane(2))
        #expect(scheduler.next() == nil)
        scheduler.resumed(lane(1))
        #expect(scheduler.next() == .resume(lane(1)))
        scheduler.leftWorker(lane(1))
        scheduler.hold(false)
        #expect(fill(&scheduler) == [lane(2)])
    }

    @Test func suspectsRunAloneAndFirst() {
        var scheduler = scheduler(workers: 8)
        scheduler.arrived(lane(1), count: 100)
        scheduler.arrived(lane(2, .bulk), count: 3)
        scheduler.quarantine([2, 3].map { Suspect(task: TaskNumber($0), lane: lane(2, .bulk)) })
        for task in [1, 2, 3] as [Int64] {
            #expect(scheduler.next() == .claim(lane(2, .bulk), limit: 1))
            scheduler.claimed(lane(2, .bulk), asked: 1, costs: [1])
            scheduler.reached(TaskNumber(task), in: lane(2, .bulk))
            #expect(scheduler.next() == .start(lane(2, .bulk)))
            scheduler.leftWorker(lane(2, .bulk))
            #expect(scheduler.next() == nil, "it may still crash the process")
            scheduler.resumed(lane(2, .bulk))
            #expect(scheduler.next() == .resume(lane(2, .bulk)))
            scheduler.leftWorker(lane(2, .bulk))
            #expect(scheduler.isQuarantined)
            scheduler.ended(TaskNumber(task), in: lane(2, .bulk))
            scheduler.finished(lane(2, .bulk))
        }
        #expect(!scheduler.isQuarantined)
        #expect(fill(&scheduler).count == 8)
    }

    @Test func suspectsThatAreGoneHoldNobodyUp() {
        var scheduler = scheduler(workers: 4)
        scheduler.arrived(lane(1), count: 100)
        scheduler.arrived(lane(3), count: 100)
        // One was cancelled by somebody who didn't say so, one's project was deleted, one says so.
        scheduler.quarantine([1, 2, 3].map { Suspect(task: TaskNumber($0), lane: lane($0)) })
        scheduler.ended(TaskNumber(3), in: lane(3))
        #expect(scheduler.next() == .claim(lane(1), limit: 1))
        scheduler.claimed(lane(1), asked: 1, costs: [1])
        scheduler.reached(TaskNumber(7), in: lane(1))
        #expect(fill(&scheduler).count == 1)
        scheduler.leftWorker(lane(1))
        scheduler.finished(lane(1))
        #expect(fill(&scheduler).count == 4)
    }

    @Test func noWorkersStartNothing() {
        var scheduler = scheduler(workers: 0)
        scheduler.arrived(lane(1), count: 5)
        #expect(scheduler.next() == nil)
        scheduler.quarantine([Suspect(task: TaskNumber(1), lane: lane(1))])
        #expect(scheduler.next() == nil)
        #expect(scheduler.backlog == 5)
    }
}
