import Knowledge
import Persistence
import Testing

@testable import Actors

@Suite struct ImportOutlookTests {
    private func at(_ second: Double) -> Timestamp { Timestamp(microseconds: Int64(second * 1e6)) }

    /// Begun at 0, with 100 of its lines accepted by the second 10.
    private func record(state: ImportRecord.State, bytes: Int = 1000, of total: Int? = nil) -> ImportRecord {
        let id = Identifier(high: 1, low: 1)
        let task = TaskRecord(
            number: TaskNumber(1), id: id, type: .importMemories, project: ProjectNumber(1), projectID: id, projectName: "P",
            priority: .bulk, status: .processing, revision: 1, attempt: 1, memory: nil, memoryID: nil, createdAt: at(0), startedAt: at(0))
        var record = ImportRecord(
            task: task, name: nil, state: state, isResumable: true, mark: ImportMark(lines: 100, bytes: bytes), totalBytes: total,
            fault: nil, counts: ImportCounts(), receipt: Receipt(), barren: 0, changedAt: at(10))
        record.counts.accepted = 90
        record.counts.revised = 10
        record.counts.completed = 30
        record.counts.failed = 10
        return record
    }

    @Test func whatIsComplete() throws {
        let outlook = try #require(ImportOutlook(record(state: .closed), at: at(1000)))
        #expect(outlook.children == 60 && outlook.upload == 0)
        for state in [ImportRecord.State.cancelled, .ended] { #expect(ImportOutlook(record(state: state), at: at(11)) == nil) }
    }

    @Test func whatIsOnItsWayIsTakenOnFromWhatHasCome() throws {
        let outlook = try #require(ImportOutlook(record(state: .open, of: 4000), at: at(11)))
        #expect(outlook.children == 360)
        #expect(abs(outlook.upload - 29) < 1e-9)
        // More has come than was announced.
        #expect(ImportOutlook(record(state: .open, of: 500), at: at(11))?.children == 60)
    }

    @Test func nobodyKnowsOfWhatIsOfUnknownLengthOrStandsStill() {
        #expect(ImportOutlook(record(state: .open), at: at(11)) == nil)
        #expect(ImportOutlook(record(state: .open, bytes: 0, of: 4000), at: at(11)) == nil)
        #expect(ImportOutlook(record(state: .open, of: 4000), at: at(10 + ImportOutlook.patience)) == nil)
    }

    /// Told by the lane's pace, as soon as there is one; while the file is on its way it is at least as long as that takes.
    @Test func anImportEndsWithItsLastChild() throws {
        let forecaster = Forecaster(capacity: .init(workers: 64))
        let (closed, open) = (record(state: .closed), record(state: .open, of: 100_000))
        #expect(forecaster.rest(of: closed, at: at(11)) == nil)
        for number in 0..<20 as Range<UInt64> {
            let id = Identifier(high: 2, low: number)
            let task = TaskRecord(
                number: TaskNumber(Int64(number) + 2), id: id, type: .addEpisode, project: ProjectNumber(1), projectID: id,
                projectName: "P", priority: .bulk, status: .processing, memory: nil, memoryID: nil, createdAt: at(0))
            forecaster.began(Claim(task: task, work: .episode(Episode(content: "text"), version: 1)), at: at(1))
            forecaster.extracted(id, at: at(2))
            var state = TaskState(claimed: task, epoch: 1)
            if let update = state.ended(as: state.completion(result: .null, at: at(2))) { forecaster.note(update) }
        }
        let rest = try #require(forecaster.rest(of: closed, at: at(11)))
        #expect((1...5).contains(rest), "60 tasks of a second for 33 workers: \(rest)")
        #expect(forecaster.rest(of: open, at: at(11)) == 989)
    }
}
