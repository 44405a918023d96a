import Knowledge
import Persistence
import Testing

@testable import Actors

@Suite struct ImportStateTests {
    private func record(state: ImportRecord.State = .open, total: Int? = nil) -> ImportRecord {
        var random = SystemRandomNumberGenerator()
        let id = Identifier(milliseconds: 1, random: &random)
        let task = TaskRecord(
            number: TaskNumber(1), id: id, type: .importMemories, project: ProjectNumber(1), projectID: id, projectName: "P",
            priority: .bulk, status: .processing, revision: 1, attempt: 1, memory: nil, memoryID: nil,
            createdAt: Timestamp(microseconds: 0))
        return ImportRecord(
            task: task, name: nil, state: state, isResumable: true, mark: ImportMark(), totalBytes: total, fault: nil,
            counts: ImportCounts(), receipt: Receipt(), barren: 0, changedAt: Timestamp(microseconds: 0))
    }

    private func at(_ moment: Int64) -> Timestamp { Timestamp(microseconds: moment) }

    @Test func progressIsTheShareOfLinesWeightedByTheShareOfTheFile() {
        var record = record(total: 1000)
        record.mark = ImportMark(lines: 10, bytes: 500)
        record.counts.accepted = 6
        record.counts.rejected = 2
        record.counts.unchanged = 2
        var state = ImportState(record, epoch: 1)
        let first = state.update(record, at: at(1))
        #expect(first?.task.progress == 20 && first?.task.stage == "receive")
        #expect(first?.task.message == "Receiving: 0 of 10 memories ingested, 2 known already, 2 with errors")
        #expect(state.update(record, at: at(2)) == nil, "nothing new")
        record.state = .closed
        record.counts.completed = 3
        record.counts.failed = 1
        let second = state.update(record, at: at(3))
        #expect(second?.task.progress == 80 && second?.task.stage == "ingest")
        #expect(second?.task.message == "3 of 10 memories ingested, 2 known already, 3 with errors")
        #expect(second?.task.timeline.map(\.stage) == ["receive", "ingest"] && second?.task.timeline.first?.endedAt == at(3))
    }

    @Test func everyMemoryIsAccountedFor() {
        var record = record(state: .closed)
        record.counts.accepted = 11
        record.counts.revised = 2
        record.counts.completed = 3
        record.counts.failed = 6
        record.counts.cancelled = 4
        record.counts.superseded = 3
        record.counts.rejected = 2
        let ending = ImportState(record, epoch: 1).ending(failures: [], at: at(1))
        #expect(ending.message == "Import failed: 3 of 15 memories ingested, 8 with errors, 3 superseded, 1 cancelled")
    }

    @Test func aFileOfUnknownLengthShowsNoProgressUntilItIsThere() {
        var record = record()
        record.counts.accepted = 10
        record.counts.completed = 9
        var state = ImportState(record, epoch: 1)
        #expect(state.update(record, at: at(1))?.task.progress == 0)
        record.state = .closed
        #expect(state.update(record, at: at(2))?.task.progress == 90)
    }

    @Test func itEndsAsWhatItsChildrenCameTo() {
        var record = record(state: .closed)
        record.counts.accepted = 2
        record.counts.completed = 2
        record.receipt.entitiesCreated = 5
        var state = ImportState(record, epoch: 1)
        _ = state.update(record, at: at(1))
        let completed = state.ending(failures: [], at: at(2))
        #expect(completed.status == .completed && completed.progress == 100 && completed.error == nil)
        #expect(completed.result?["entities_created"] == 5 && completed.result?["warning"] == nil)
        #expect(completed.timeline.last?.endedAt == at(2))
        record.counts.rejected = 1
        record.barren = 1
        state = ImportState(record, epoch: 1)
        let warned = state.ending(failures: [], at: at(2))
        #expect(warned.status == .completed)
        #expect(warned.result?["warning"]?.string?.contains("1 line was rejected") == true)
        #expect(warned.result?["warning"]?.string?.contains("Nothing was extracted from 1 of 2 memories") == true)
        record.counts.failed = 1
        record.counts.completed = 1
        state = ImportState(record, epoch: 1)
        let failure = ImportFailure(task: record.task.id, memory: nil, line: 4, error: "no")
        let failed = state.ending(failures: [failure], at: at(2))
        #expect(failed.status == .failed && failed.error != nil && failed.result?["failures"]?.array?.first?["line"] == 4)
        record.counts.failed = 0
        record.fault = "It was cut off."
        state = ImportState(record, epoch: 1)
        #expect(state.ending(failures: [], at: at(2)).error == "It was cut off.")
    }

    @Test func thousandsAreGrouped() {
        #expect([0, 999, 1000, 1_234_567, -1000].map(\.grouped) == ["0", "999", "1,000", "1,234,567", "-1,000"])
    }

    /// Through any course of an import: progress never falls, ids grow, nothing but the end says 100, and the words of endings are not used.
    @Test func whateverHappensProgressNeverFalls() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            var record = record(total: Bool.random(using: &random) ? 1000 : nil)
            var state = ImportState(record, epoch: 3)
            var shown: [TaskUpdate] = []
            for moment in 1...60 {
                let running = record.counts.children - record.counts.ended
                switch Int.random(in: 0..<8, using: &random) {
                case 0...2 where record.state == .open:
                    record.counts.accepted += Int.random(in: 0...20, using: &random)
                    record.counts.rejected += Int.random(in: 0...2, using: &random)
                    record.counts.unchanged += Int.random(in: 0...2, using: &random)
                    record.mark.bytes += Int.random(in: 0...50, using: &random)
                    record.mark.lines += 1
                case 3 where moment > 30 && record.state == .open: record.state = .closed
                case 4 where running > 0: record.counts.completed += Int.random(in: 0...running, using: &random)
                case 5 where running > 0: record.counts.failed += 1
                case 6 where record.counts.failed > 0: record.counts.failed -= 1  // Retried.
                default: break
                }
                if let update = state.update(record, at: at(Int64(moment))) { shown.append(update) }
            }
            #expect(zip(shown, shown.dropFirst()).allSatisfy { $0.id < $1.id && $0.task.progress <= $1.task.progress })
            #expect(shown.allSatisfy { $0.task.progress < 100 && !$0.task.status.isTerminal })
            #expect(shown.allSatisfy { !$0.task.message.contains("completed") && !$0.task.message.contains("failed") })
        }
    }
}
