import Knowledge
import Testing

@testable import Persistence

@Suite struct TaskTallyTests {
    private let first = Lane(project: ProjectNumber(1), priority: .interactive)
    private let second = Lane(project: ProjectNumber(2), priority: .bulk)

    private func at(_ seconds: Int64) -> Timestamp { Timestamp(microseconds: 1_700_000_000_000_000 + seconds * 1_000_000) }

    private func end(_ lane: Lane, _ status: TaskStatus, acceptedAt: Int64, endedAt: Int64, in tally: inout TaskTally) {
        tally.apply(.init(lane: lane, from: nil, to: .pending, acceptedAt: at(acceptedAt)))
        tally.apply(.init(lane: lane, from: .pending, to: .processing, acceptedAt: at(acceptedAt)))
        tally.apply(.init(lane: lane, from: .processing, to: status, acceptedAt: at(acceptedAt), endedAt: at(endedAt)))
    }

    @Test func aDayOfTasksIsCountedAndWhatIsOlderIsForgotten() {
        var tally = TaskTally()
        let day: Int64 = 24 * 3600
        for hour in 0..<72 as Range<Int64> {
            for minute in 0..<60 as Range<Int64> {
                end(first, .completed, acceptedAt: hour * 3600 + minute * 60, endedAt: hour * 3600 + minute * 60, in: &tally)
            }
        }
        let now = at(3 * day - 60)
        let counted = tally.statistics(since: now.advanced(bySeconds: -day), now: now, projects: nil)
        #expect(counted.counts[.completed] == 24 * 60 + 1)
        #expect(counted.completedLastMinute == 1)
        #expect(tally.statistics(since: at(0), now: now, projects: [first.project]).counts[.completed] ?? 0 <= Int(TaskTally.minutes) + 101)
    }

    @Test func aRetryTakesBackAnEndAndAProjectTakesItsCountsWithIt() {
        var tally = TaskTally()
        end(first, .failed, acceptedAt: 0, endedAt: 5, in: &tally)
        end(second, .completed, acceptedAt: 1, endedAt: 6, in: &tally)
        tally.apply(.init(lane: first, from: .failed, to: .pending, acceptedAt: at(0)))
        let counted = tally.statistics(since: at(0), now: at(10), projects: nil)
        #expect((counted.counts[.failed], counted.counts[.pending], counted.counts[.completed]) == (0, 1, 1))
        #expect(tally.backlog() == [LaneBacklog(lane: first, count: 1)])
        tally.remove(first.project)
        tally.apply(.init(lane: first, from: .pending, to: nil, acceptedAt: at(0)))
        #expect(tally.backlog().isEmpty)
        let rest = tally.statistics(since: at(0), now: at(10), projects: nil)
        #expect((rest.counts[.pending], rest.counts[.completed], rest.completedLastMinute) == (0, 1, 1))
        tally.remove(second.project)
        #expect(tally.statistics(since: at(0), now: at(10), projects: nil).counts.values.allSatisfy { $0 == 0 })
        #expect(tally.statistics(since: at(0), now: at(10), projects: nil).completedLastMinute == 0)
    }

    @Test func prunedTasksStillCountAndDeletedWaitingOnesDoNot() {
        var tally = TaskTally()
        end(first, .cancelled, acceptedAt: 0, endedAt: 5, in: &tally)
        tally.apply(.init(lane: first, from: nil, to: .pending, acceptedAt: at(1)))
        tally.apply(.init(lane: first, from: .cancelled, to: nil, acceptedAt: at(0)))
        tally.apply(.init(lane: first, from: .pending, to: nil, acceptedAt: at(1)))
        let counted = tally.statistics(since: at(0), now: at(10), projects: [first.project])
        #expect((counted.counts[.cancelled], counted.counts[.pending]) == (1, 0))
    }
}
