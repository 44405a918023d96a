import Knowledge

/// Follows one task over its stream until it has ended.
struct TaskFollower: Sendable {
    let client: EngramClient
    let patience: Duration

    /// - Parameters:
    ///   - path: the stream, from the root on.
    ///   - onUpdate: called with every change, the terminal one included.
    /// - Returns: the terminal change.
    /// - Throws: as ``EventStream/read(onTrouble:onEvent:)``.
    func follow(
        _ task: String, path: String,
        onTrouble: @Sendable (any Error) async -> Void,
        onUpdate: @Sendable (TaskUpdate) async -> Void
    ) async throws -> TaskUpdate {
        let stream = EventStream(client: client, path: path, patience: patience)
        let last = try await stream.read(onTrouble: onTrouble) { event throws -> TaskUpdate? in
            guard let update = try TaskUpdate(event) else { return nil }
            await onUpdate(update)
            return update.isTerminal ? update : nil
        }
        if let last { return last }
        // 204: the end was sent on a connection whose last bytes never came.
        let answer = try await retrying(
            patience: patience, onTrouble: onTrouble, request: { try await client.send(.get, "/tasks/\(task.percentEncoded)") })
        let state = TaskUpdate(task: answer.body)
        guard state.isTerminal else {
            throw ContractError(description: "The stream of task \(task) ended before the task did.")
        }
        await onUpdate(state)
        return state
    }
}
