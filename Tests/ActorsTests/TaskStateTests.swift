import Knowledge
import Persistence
import Testing

@testable import Actors

@Suite struct TaskStateTests {
    static func claimed(attempt: Int = 1, isResumed: Bool = false) -> TaskRecord {
        TaskRecord(
            number: TaskNumber(1), id: Identifier(high: 1, low: 1), type: .addEpisode, project: ProjectNumber(1),
            projectID: Identifier(high: 2, low: 2), projectName: "Default", priority: .interactive, status: .processing,
            revision: Int64(attempt), attempt: attempt, memory: MemoryNumber(1), memoryID: Identifier(high: 3, low: 3),
            isResumed: isResumed,
            createdAt: Timestamp(microseconds: 0), startedAt: Timestamp(microseconds: 0))
    }

    /// Whatever is asked of it in whatever order: ids grow, progress never falls within an attempt, the timeline has one open
    /// entry at most and that the last, and nothing is shown after the end.
    @Test(arguments: 0..<300)
    func anySequenceOfOperationsKeepsTheInvariants(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var state = TaskState(claimed: Self.claimed(), epoch: 7)
        var now: Int64 = 0
        var shown: [TaskUpdate] = []
        var endings = 0
        let stages: [Stage] = [
            .start, .loadSchema(project: "Default"), .extract, .extracting(1, of: 3), .extracting(2, of: 3), .syncSchema, .updateCommunities
        ]
        for _ in 0..<40 {
            now += Int64.random(in: 0...1000, using: &random)
            let at = Timestamp(microseconds: now)
            let hadEnded = state.hasEnded
            let update: TaskUpdate?
            switch Int.random(in: 0..<20, using: &random) {
            case 0: update = state.willRetry("a reason", at: at)
            case 1 where !state.hasEnded:
                var next = state.record
                next.revision += 1
                next.attempt += 1
                next.progress = 0
                next.stage = "pending"
                state.claimedAgain(next)
                update = state.begin(at: at)
            case 2 where seed % 3 == 0: update = state.ended(as: state.completion(result: .null, at: at))
            case 3 where seed % 3 == 1: update = state.ended(as: state.failure("broken", at: at))
            case 4 where seed % 3 == 2:
                var stored = state.record
                stored.status = .cancelled
                stored.revision += 1
                stored.endedEpoch = 7
                update = state.ended(stored: stored, at: at)
            default: update = state.enter(stages[Int.random(in: 0..<stages.count, using: &random)], at: at)
            }
            #expect(update == nil || !hadEnded, "something was shown after the end")
            if let update {
                if let last = shown.last {
                    #expect(last.id < update.id)
                    if last.task.attempt == update.task.attempt { #expect(last.task.progress <= update.task.progress) }
                }
                shown.append(update)
                if update.task.status.isTerminal { endings += 1 }
            }
            #expect(state.record.timeline.dropLast().allSatisfy { $0.endedAt != nil })
            if state.hasEnded { #expect(state.record.timeline.allSatisfy { $0.endedAt != nil }) }
        }
        #expect(endings <= 1)
    }

    @Test func aPlanMadeAnewShowsNothingTwice() {
        var state = TaskState(claimed: Self.claimed(), epoch: 1)
        let at = Timestamp(microseconds: 5)
        #expect(state.enter(.syncSchema, at: at) != nil)
        #expect(state.enter(.updateCommunities, at: at) != nil)
        #expect(state.enter(.syncSchema, at: at) == nil)
        #expect(state.enter(.updateCommunities, at: at) == nil)
    }

    @Test func saysWhereAnAttemptComesFrom() {
        var first = TaskState(claimed: Self.claimed(), epoch: 1)
        var resumed = TaskState(claimed: Self.claimed(attempt: 2, isResumed: true), epoch: 2)
        var retried = TaskState(claimed: Self.claimed(attempt: 3), epoch: 1)
        let at = Timestamp(microseconds: 1)
        #expect(first.begin(at: at) == nil)
        #expect(resumed.begin(at: at)?.task.message == "Resumed after restart")
        #expect(retried.begin(at: at)?.task.message == "Retrying (attempt 3)")
    }

    @Test func partsMoveFromThirtyTowardsFifty() {
        #expect((0...12).map { Stage.extracting($0, of: 12).progress }.first == 30)
        #expect((0...12).map { Stage.extracting($0, of: 12).progress }.last == 49)
        #expect(Stage.extracting(3, of: 12).message == "Extracting entities and relationships (3 of 12 parts)...")
    }
}
