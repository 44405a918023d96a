import Knowledge
import Persistence

extension FaultyStore {
    func checkpoint(_ guarding: TaskGuard, _ extraction: Extraction, version: Int) async throws {
        try await base.checkpoint(guarding, extraction, version: version)
    }
}
