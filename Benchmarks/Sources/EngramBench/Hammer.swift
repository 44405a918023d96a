import NIOCore

/// Posts memories over a fixed number of connections, the next one on each as soon as the last is answered (a closed loop:
/// it finds the highest rate; the latencies are those at that rate). A post that is pushed back with 429 or 503 is sent
/// again when the server said.
@ClientLoop
final class Hammer {
    private(set) var tally = AcceptTally()

    private let address: ServerAddress
    private let prefix: String
    private let connections: [Connection]
    private let texts: Texts
    /// In turn.
    private let projects: [String]
    private var turn = 0
    private var body = ByteBuffer()
    /// Posts that may still be begun; each ends in an answer that is not a push back.
    private var remaining = 0
    private var underWay = 0
    private var quiet: CheckedContinuation<Void, Never>?

    init(address: ServerAddress, connections count: Int, texts: Texts, projects: [String] = ["default"]) async throws {
        self.address = address
        self.texts = texts
        self.projects = projects
        prefix = address.prefix(ofPost: ServerAddress.base + "/memories/")
        var connections: [Connection] = []
        for _ in 0..<count { connections.append(try await Connection.open(to: address)) }
        self.connections = connections
    }

    /// Nothing is under way.
    var isQuiet: Bool { underWay == 0 }

    /// Begins posting up to `count` memories; ``stop()`` ends it earlier.
    func begin(count: Int = .max) {
        remaining = count
        for connection in connections { postNext(on: connection) }
    }

    /// Begins no more posts and returns when those under way are answered.
    func stop() async {
        remaining = 0
        await waitUntilQuiet()
    }

    /// Returns when all that was begun is answered.
    func waitUntilQuiet() async {
        guard underWay > 0 else { return }
        await withCheckedContinuation { quiet = $0 }
    }

    func close() {
        for connection in connections { connection.close() }
    }

    private func postNext(on connection: Connection) {
        guard remaining > 0 else { return }
        remaining -= 1
        underWay += 1
        body.clear()
        texts.appendNext(to: &body, project: projects[turn])
        turn = (turn + 1) % projects.count
        var request = ByteBuffer()
        address.append(post: prefix, json: body, to: &request)
        post(request, on: connection)
    }

    private func post(_ request: ByteBuffer, on connection: Connection) {
        connection.send(request) { [self] outcome in
            switch tally.note(outcome) {
            case .accepted, .refused:
                underWay -= 1
                postNext(on: connection)
            case .lost:
                // Not opened again: a lost connection fails the verification anyway.
                underWay -= 1
            case .busy(let seconds):
                Task {
                    try? await Task.sleep(for: .seconds(min(seconds, 10)))  // Fails only if cancelled: then sooner is right.
                    post(request, on: connection)
                }
            }
            if underWay == 0 {
                quiet?.resume()
                quiet = nil
            }
        }
    }
}
