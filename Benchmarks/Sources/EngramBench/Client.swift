import NIOCore

/// The few requests that scenarios make to prepare, to watch and to verify: a connection each, none of them hot.
@ClientLoop
struct Client {
    let address: ServerAddress

    func reply(to request: ByteBuffer) async throws -> Reply {
        let connection = try await Connection.open(to: address)
        defer { connection.close() }
        return try await connection.reply(to: request)
    }

    /// Posts a memory and waits for its 201.
    func post(memory: ByteBuffer) async throws -> AcceptedMemory {
        let request = address.post(ServerAddress.base + "/memories/", json: memory)
        return try await reply(to: request).decoded(AcceptedMemory.self, status: 201)
    }

    func createProject(_ name: String) async throws -> ProjectView {
        let request = address.post(ServerAddress.base + "/projects/", json: ByteBuffer(string: "{\"name\":\"\(name)\"}"))
        return try await reply(to: request).decoded(ProjectView.self, status: 201)
    }

    func beginImport(project: String = "default") async throws -> ImportView {
        let request = address.post("\(ServerAddress.base)/projects/\(project)/imports", json: ByteBuffer(string: "{\"name\":\"bench\"}"))
        return try await reply(to: request).decoded(ImportView.self, status: 201)
    }

    func cancel(task id: String) async throws -> Reply {
        try await reply(to: address.post("\(ServerAddress.base)/tasks/\(id)/cancel"))
    }

    func task(_ id: String) async throws -> TaskView {
        try await reply(to: address.get("\(ServerAddress.base)/tasks/\(id)")).decoded(TaskView.self)
    }

    func expectation(_ id: String) async throws -> ExpectationView {
        try await reply(to: address.get("\(ServerAddress.base)/tasks/\(id)")).decoded(ExpectationView.self)
    }

    func taskStats() async throws -> TaskStats {
        try await reply(to: address.get(ServerAddress.base + "/tasks/stats")).decoded(TaskStats.self)
    }

    /// How many memories the default project lists.
    func memoryTotal() async throws -> Int {
        let path = ServerAddress.base + "/memories/?project_id=default&page_size=1"
        return try await reply(to: address.get(path)).decoded(MemoryPage.self).total
    }
}
