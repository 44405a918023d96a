import Knowledge

/// Finds the project that a person named.
struct ProjectLookup: Sendable {
    let client: EngramClient
    let patience: Duration
    /// Called with a request's first failure that is going to be retried.
    let onTrouble: @Sendable (any Error) -> Void

    /// - Parameter name: an id, `default` or a name.
    /// - Returns: an id, or `default`.
    /// - Throws: ``ProblemError`` (404) if there is none of that name.
    func find(_ name: String) async throws -> String {
        if name == "default" { return name }
        if Identifier(name) != nil { return name.lowercased() }
        var page = 1
        while true {
            let answer = try await get("/projects/?page=\(page)&page_size=100").body
            let projects = answer["projects"]?.array ?? []
            if let match = projects.first(where: { $0["name"]?.string == name }), let id = match["id"]?.string {
                return id
            }
            guard projects.count == 100 else {
                throw ProblemError(
                    status: 404, title: "Not Found", detail: "There is no project named '\(name)' that this key can see.")
            }
            page += 1
        }
    }

    private func get(_ path: String) async throws -> EngramClient.Answer {
        var isTold = false
        return try await retrying(
            patience: patience,
            onTrouble: { error in
                if !isTold { onTrouble(error) }
                isTold = true
            },
            request: { try await client.send(.get, path) })
    }
}
