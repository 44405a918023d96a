import GRDB
package import Knowledge
package import Persistence

extension SQLiteStore {
    package func checkpoint(_ guarding: TaskGuard, _ extraction: Extraction, version: Int) async throws {
        let blob = ExtractionBlob(extraction)
        try await write(.checkpoint) { db in
            let changed = try db.run(
                """
                INSERT OR REPLACE INTO checkpoints (task, version, extraction)
                SELECT number, ?, ? FROM tasks WHERE number = ? AND revision = ? AND status = 1
                """, version, blob, guarding.task, guarding.revision)
            guard changed > 0 else { throw StoreError.lostRace }
        }
    }
}
