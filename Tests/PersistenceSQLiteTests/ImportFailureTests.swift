import GRDB
import Knowledge
import Persistence
import Testing

@testable import PersistenceSQLite

@Suite struct ImportFailureTests {
    /// Behind the last one that is counted lie only the later failures of the project, which the writer would go through one by one.
    @Test func theSearchForWhatFailedInACancelledImportEndsAtTheLastOneThatIsCounted() async throws {
        let at = Timestamp(microseconds: 5_000_000)
        try await TemporaryDatabase().withStore { store in
            let record = try await store.beginImport(
                ImportSubmission(id: store.numbering.identifier(), project: ProjectNumber(1), isResumable: false, at: at))
            let lines = (1...4).map { line in
                let submission = Submission(
                    memoryID: store.numbering.identifier(), taskID: store.numbering.identifier(), project: ProjectNumber(1),
                    episode: Episode(title: nil, content: "Line \(line)"), authorID: "local", priority: .bulk, at: at)
                return ImportLine(number: line, content: .memory(submission))
            }
            _ = try await store.acceptBatch(
                ImportBatch(
                    task: record.task.number, lines: lines, base: 0, mark: ImportMark(lines: 4, bytes: 40, digest: [1]), isLast: true,
                    at: at))
            for claim in try await store.claim(Lane(project: ProjectNumber(1), priority: .bulk), limit: 3, at: at) {
                let ending = TaskEnding(
                    status: .failed, stage: "extract", progress: 40, message: "It failed", error: "No.", timeline: [], at: at)
                _ = try await store.end(TaskGuard(claim.task), ending)
            }
            // As if the third failure were another import's: what is named of it tells how far the search went.
            _ = try await store.write { try $0.run("UPDATE imports SET failed = 2 WHERE task = ?", record.task.number) }
            _ = try await store.cancel(id: record.task.id, at: at)
            let result = try await store.task(id: record.task.id)?.result
            #expect(result?["failed"] == 2 && result?["failures"]?.array?.count == 2)
        }
    }
}
