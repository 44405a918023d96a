import NIOCore

/// Many event streams over few connections of HTTP/2 and TLS.
@ClientLoop
final class MultiplexedCrowd {
    let tally = MultiplexTally()
    private var connections: [MultiplexedConnection] = []

    func connect(_ count: Int, to address: ServerAddress) async throws {
        for _ in 0..<count {
            let channel = try await Connection.openChannel(to: address, protocols: .http2)
            let connection = MultiplexedConnection(channel, tally: tally)
            try channel.pipeline.syncOperations.addHandler(connection)
            connection.greet()
            connections.append(connection)
        }
        try await wait("every connection has the server's settings") { $0.connected + $0.lost >= count }
    }

    /// Opens `count` streams, on each connection as many.
    func open(_ count: Int, _ block: [UInt8]) {
        for (place, connection) in connections.enumerated() {
            let streams = count * (place + 1) / connections.count - count * place / connections.count
            connection.open(streams, block)
        }
    }

    func finish() -> CrowdRecord {
        for connection in connections { connection.close() }
        connections = []
        return tally.record()
    }

    func wait(_ what: String, patience: Duration = .seconds(180), until isWanted: (MultiplexTally) -> Bool) async throws {
        let clock = ContinuousClock()
        let began = clock.now
        while !isWanted(tally) {
            guard clock.now - began < patience else {
                let loss = tally.whyLost.map { "; \(tally.lost) lost, e.g. \($0)" } ?? ""
                throw BenchmarkFailure(
                    .stalled,
                    "Not within \(patience): \(what) (\(tally.connected) connections, \(tally.served) streams served, \(tally.ended) ended, "
                        + "\(tally.events) events\(loss))")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
