import Knowledge
import Persistence

extension FaultyStore {
    func retry(id: Identifier, at: Timestamp) async throws -> TaskRecord { try await base.retry(id: id, at: at) }
    func retryNext(_ selection: RetrySelection, limit: Int, at: Timestamp) async throws -> RetryBatch {
        try await base.retryNext(selection, limit: limit, at: at)
    }
}
