package import Knowledge

extension InMemoryStore {
    package func revise(_ change: MemoryChange) async throws -> Revision { try access { try $0.revise(change) } }

    package func contributions(of memories: [MemoryNumber]) async throws -> [Contribution] {
        try access { $0.contributions(of: memories) }
    }

    package func remove(_ removal: MemoryRemoval) async throws -> MemoryRemoval.Outcome {
        let identifier = numbering.identifier
        return try access { try $0.remove(removal, identifier: identifier) }
    }

    package func removedMemories(by task: TaskNumber) async throws -> Int { try access { $0.removed[task] ?? 0 } }
}
