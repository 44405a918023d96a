import Knowledge
import Persistence

extension FaultyStore {
    func revise(_ change: MemoryChange) async throws -> Revision { try await base.revise(change) }
    func contributions(of memories: [MemoryNumber]) async throws -> [Contribution] { try await base.contributions(of: memories) }
    func removedMemories(by task: TaskNumber) async throws -> Int { try await base.removedMemories(by: task) }
    func remove(_ removal: MemoryRemoval) async throws -> MemoryRemoval.Outcome { try await base.remove(removal) }
}
