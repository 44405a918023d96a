import Knowledge
import Persistence

extension FaultyStore {
    func pruneTasks(_ rule: PruneRule, limit: Int) async throws -> PrunedTasks { try await base.pruneTasks(rule, limit: limit) }
    func finishedTasks() async throws -> Int { try await base.finishedTasks() }
    func shrink() async throws -> Bool { try await base.shrink() }
}
