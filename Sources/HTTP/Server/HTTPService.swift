import ServiceLifecycle

/// Answers requests until it is shut down: what listens, and the desk where those are answered that come in.
struct HTTPService: Service {
    let application: any Service
    let desk: RequestDesk

    func run() async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { await desk.run() }
            // Connections are all closed by then.
            defer { desk.close() }
            try await application.run()
        }
    }
}
