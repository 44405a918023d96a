import Knowledge
import Logging
import Persistence
import Testing

@testable import Actors

@Suite struct HousekeepingTests {
    @Test func idempotencyKeysAreForgottenAfterADayAndNotBefore() async throws {
        let store = InMemoryStore()
        let project = try await store.defaultProject().number
        let start = Timestamp(microseconds: 1_000_000_000_000)
        var random = SplitMix64(seed: 1)
        func accept(_ key: String, at moment: Timestamp) async throws -> Acceptance {
            try await store.accept(
                Submission(
                    memoryID: Identifier(milliseconds: 1, random: &random), taskID: Identifier(milliseconds: 1, random: &random),
                    project: project,
                    episode: Episode(content: key), authorID: "test", at: moment,
                    idempotency: Submission.Idempotency(scope: "s", key: key, fingerprint: [1], answer: [2])))
        }
        _ = try await accept("old", at: start)
        _ = try await accept("young", at: start.advanced(bySeconds: 60))
        let now = start.advanced(bySeconds: Housekeeping.idempotencyLifetime + 30)
        await Housekeeping(store: store, time: TimeSource { now }, logger: Logger(label: "test")).tidy()
        guard case .created = try await accept("old", at: now) else {
            Issue.record("the old key is still kept")
            return
        }
        guard case .replayed = try await accept("young", at: now) else {
            Issue.record("the young key is gone")
            return
        }
    }

    @Test(arguments: [(nil, nil, 1000), (100, nil, 4), (nil, 7, 7), (100, 2, 2), (nil, 0, 0)] as [(Int64?, Int?, Int)])
    func finishedTasksAreForgottenByAgeAndNumber(age: Int64?, limit: Int?, left: Int) async throws {
        let store = InMemoryStore()
        let project = try await store.defaultProject().number
        var random = SplitMix64(seed: 1)
        for second in 0..<1000 as Range<Int64> {
            let moment = Timestamp(microseconds: second * 1_000_000)
            let submission = Submission(
                memoryID: Identifier(milliseconds: 1, random: &random), taskID: Identifier(milliseconds: 1, random: &random),
                project: project,
                episode: Episode(content: "text"), authorID: "test", at: moment)
            _ = try await store.accept(submission)
            _ = try await store.cancel(id: submission.taskID, at: moment)
        }
        var retention = TaskRetention()
        retention.age = age.map { .seconds($0) }
        retention.limit = limit
        let now = Timestamp(microseconds: 1_096_000_000)
        let housekeeping = Housekeeping(
            store: store, retention: retention, time: TimeSource { now }, clock: InstantClock(), logger: Logger(label: "test"))
        await housekeeping.tidy()
        #expect(try await store.finishedTasks() == left)
        let tasks = try await store.tasks(TaskQuery(projects: nil), slice: Slice(limit: 1000))
        #expect(tasks.count == left)
        if let oldest = tasks.last {
            #expect(oldest.createdAt == Timestamp(microseconds: Int64(1000 - left) * 1_000_000), "the newest stay")
        }
        #expect(try await store.memories(MemoryQuery(projects: nil, status: .cancelled), slice: Slice(limit: 0)).total == 1000)
    }
    @Test func anImportThatGoesOnCostsNobodyElseTheirFinishedTasks() async throws {
        let store = InMemoryStore()
        let project = try await store.defaultProject().number
        var random = SplitMix64(seed: 1)
        let now = Timestamp(microseconds: 1_000_000)
        func submission(_ content: String) -> Submission {
            Submission(
                memoryID: Identifier(milliseconds: 1, random: &random), taskID: Identifier(milliseconds: 1, random: &random),
                project: project, episode: Episode(content: content), authorID: "test", at: now)
        }
        let record = try await store.beginImport(
            ImportSubmission(id: Identifier(milliseconds: 1, random: &random), project: project, isResumable: true, at: now))
        let children = (1...3).map { submission("line \($0)") }
        _ = try await store.acceptBatch(
            ImportBatch(
                task: record.task.number, lines: children.enumerated().map { ImportLine(number: $0 + 1, content: .memory($1)) }, base: 0,
                mark: ImportMark(lines: 3, bytes: 3), at: now))
        let other = submission("other")
        _ = try await store.accept(other)
        for task in children + [other] { _ = try await store.cancel(id: task.taskID, at: now) }
        var retention = TaskRetention()
        retention.limit = 2
        let housekeeping = Housekeeping(
            store: store, retention: retention, time: TimeSource { now }, clock: InstantClock(), logger: Logger(label: "test"))
        await housekeeping.tidy()
        #expect(try await store.task(id: other.taskID) != nil)
        for child in children { #expect(try await store.task(id: child.taskID) != nil) }
    }
}
