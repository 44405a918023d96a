import ServiceLifecycle

/// Answers requests until it is shut down: what listens, and the desk where those are answered that come in.
struct HTTPService: Service {
    let application: any Service
    let desk: RequestDesk
    let connections: OpenConnections

    func run() async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { await desk.run() }
            defer { desk.close() }
            // Ends when nobody listens any more; those who are connected are told, and may have a request or the end of a stream under way.
            try await application.run()
            await connections.waitForNone()
        }
    }
}
