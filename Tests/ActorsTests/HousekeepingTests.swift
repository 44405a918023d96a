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
        var random = SplitMix(seed: 1)
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
}
