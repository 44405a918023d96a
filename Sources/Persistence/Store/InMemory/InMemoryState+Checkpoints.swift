package import Knowledge

/// What was found in a memory's version.
struct Checkpoint: Sendable {
    var extraction: Extraction
    var version: Int
}

extension InMemoryState {
    mutating func checkpoint(_ guarding: TaskGuard, _ checkpoint: Checkpoint) throws(StoreError) {
        try check(guarding, is: .processing)
        tasks.update(guarding.task) { $0.checkpoint = checkpoint }
    }
}

extension InMemoryStore {
    package func checkpoint(_ guarding: TaskGuard, _ extraction: Extraction, version: Int) async throws {
        try access { try $0.checkpoint(guarding, Checkpoint(extraction: extraction, version: version)) }
    }
}
