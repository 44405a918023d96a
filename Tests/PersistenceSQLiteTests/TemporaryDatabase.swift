import Foundation
import Knowledge
import Persistence
import PersistenceSQLite
import Synchronization

/// A folder of its own for one test's database, removed with it.
final class TemporaryDatabase: Sendable {
    let folder: String
    var path: String { folder + "/engram.sqlite" }

    init() throws {
        folder = NSTemporaryDirectory() + "engram-sqlite-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit {
        // A leftover in the temporary folder harms nobody.
        try? FileManager.default.removeItem(atPath: folder)
    }

    func open(failpoint: Failpoint? = nil) async throws -> SQLiteStore {
        try await SQLiteStore.open(at: path, failpoint: failpoint)
    }

    /// Opens, and hands what `body` returns over after closing.
    func withStore<Value: Sendable>(_ body: (SQLiteStore) async throws -> Value) async throws -> Value {
        let store = try await open()
        do {
            let value = try await body(store)
            await store.close()
            return value
        } catch {
            await store.close()
            throw error
        }
    }
}

extension SQLiteStore {
    /// Accepts a memory with some content into the default project, or another.
    func accept(
        _ content: String, title: String? = nil, tags: [String] = [], externalID: String? = nil, project: ProjectNumber = ProjectNumber(1)
    ) async throws -> (memory: MemoryNumber, task: TaskNumber, submission: Submission) {
        let submission = Submission(
            memoryID: numbering.identifier(), taskID: numbering.identifier(), project: project,
            episode: Episode(title: title, content: content),
            tags: tags, externalID: externalID, authorID: "local", at: Timestamp(microseconds: 1_000_000))
        guard case .created(let memory, let task) = try await accept(submission) else { throw StoreError(.unavailable, "not created") }
        return (memory, task, submission)
    }

    /// Claims the first waiting task of the default project.
    func claimOne() async throws -> Claim? {
        try await claim(Lane(project: ProjectNumber(1), priority: .interactive), limit: 1, at: Timestamp(microseconds: 2_000_000)).first
    }
}

extension EpisodeCommit {
    /// Completes a claimed task with an empty delta.
    init(_ claim: Claim, baseVersion: Int64) {
        self.init(
            guarding: TaskGuard(claim.task), project: claim.task.project, memory: claim.task.memory ?? MemoryNumber(0),
            delta: GraphDelta(baseVersion: baseVersion),
            ending: TaskEnding(
                status: .completed, stage: "completed", progress: 100, message: "Done", timeline: [], at: Timestamp(microseconds: 3_000_000)
            ))
    }
}

/// The code of the ``StoreError`` that something throws; `nil` when it throws none.
func code(of body: () async throws -> Void) async -> StoreError.Code? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? StoreError)?.code
    }
}
