/// Runs `body` while `tick` is called ten times a second.
func withTicker<Result: Sendable>(
    calling tick: @escaping @Sendable () async -> Void, during body: () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            while !Task.isCancelled {
                await tick()
                try await Task.sleep(for: .milliseconds(100))
            }
        }
        defer { group.cancelAll() }
        return try await body()
    }
}
