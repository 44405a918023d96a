import Knowledge
import Logging
import Persistence
import Testing

@testable import Actors

struct StatisticsKeeperTests {
    private static func forecaster(_ seconds: Int64, tasks: Int = 20) -> Forecaster {
        let forecaster = Forecaster()
        for number in 0..<tasks {
            let id = Identifier(high: 7, low: UInt64(number))
            let start = Timestamp(microseconds: 0)
            let record = TaskRecord(
                number: TaskNumber(Int64(number)), id: id, type: .addEpisode, project: ProjectNumber(1), projectID: id, projectName: "P",
                priority: .interactive, status: .processing, memory: nil, memoryID: nil, createdAt: start)
            forecaster.began(Claim(task: record, work: .episode(Episode(content: "text"), version: 1)), at: start)
            var state = TaskState(claimed: record, epoch: 1)
            if let update = state.enter(.extract, at: start) { forecaster.note(update) }
            forecaster.extracted(id, at: start.advanced(bySeconds: seconds))
            let ending = state.completion(result: .null, at: start.advanced(bySeconds: seconds))
            if let update = state.ended(as: ending) {
                forecaster.note(update)
                #expect(forecaster.annotated(update, at: update.occurredAt).etaSeconds == nil)
            }
        }
        return forecaster
    }

    /// The ETA of a task that begins.
    private static func expectation(_ forecaster: Forecaster) -> Double? {
        let (id, start) = (Identifier(high: 3, low: 1), Timestamp(microseconds: 0))
        let task = TaskRecord(
            number: TaskNumber(100), id: id, type: .addEpisode, project: ProjectNumber(1), projectID: id, projectName: "P",
            priority: .interactive, status: .pending, memory: nil, memoryID: nil, createdAt: start)
        return forecaster.rest(of: WaitingTask(task: task, position: 1, bytes: nil), at: start)
    }

    @Test func whatWasMeasuredIsKnownAfterARestart() async throws {
        let store = InMemoryStore()
        let measured = Self.forecaster(3)
        let expected = try #require(Self.expectation(measured))
        #expect(abs(expected - 3) < 0.1)
        await StatisticsKeeper(store: store, forecaster: measured, logger: Logger(label: "test")).keep()
        #expect(measured.takeChanged().isEmpty)

        let later = Forecaster()
        #expect(Self.expectation(later) == nil)
        let keeper = StatisticsKeeper(store: InMemoryStore(reopening: store), forecaster: later, logger: Logger(label: "test"))
        try await keeper.load()
        #expect(try abs(#require(Self.expectation(later)) - expected) < 0.1)
        // It is not news.
        #expect(later.takeChanged().isEmpty)
    }

    @Test func whatCouldNotBeKeptIsKeptLater() async throws {
        let store = InMemoryStore()
        await store.close()
        let measured = Self.forecaster(3)
        await StatisticsKeeper(store: store, forecaster: measured, logger: Logger(label: "test")).keep()
        #expect(!measured.takeChanged().isEmpty)
    }

    @Test func whatNobodyCanReadIsMeasuredAnew() {
        let forecaster = Forecaster()
        forecaster.load([
            StageSketch(type: .addEpisode, stage: "claim", measure: 1, size: -1, encoded: [9, 9]),
            StageSketch(type: .addEpisode, stage: "claim", measure: 17, size: -1, encoded: []),
            StageSketch(type: .addEpisode, stage: "claim", measure: 1, size: 99, encoded: [])
        ])
        #expect(Self.expectation(forecaster) == nil)
    }
}
