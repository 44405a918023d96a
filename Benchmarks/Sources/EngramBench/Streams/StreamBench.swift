/// What the scenarios of streams work with.
@ClientLoop
final class StreamBench: Servers {
    let options: StreamsOptions
    let texts: Texts
    let fileLimit: Int
    /// Bytes of an Engram's event, as measured last: nchan's are made as large.
    var eventSize = 450
    private var peers: [NchanServer] = []

    init(options: StreamsOptions, texts: Texts, fileLimit: Int) {
        self.options = options
        self.texts = texts
        self.fileLimit = fileLimit
        super.init(options: options.server)
    }

    /// Starts an Engram with the paced extractor.
    func startEngram(
        parts: Int, delay: String, workers: Int = 0, arguments: [String] = [], in directory: DataDirectory? = nil
    ) async throws -> EngramStreams {
        let directory = try directory ?? DataDirectory(in: serverOptions.scratch)
        try EngramStreams.write(workers: workers, to: directory)
        let server = try await start(
            [
                "--config", directory.settings, "--extractor", "paced", "--paced-parts", "\(parts)", "--paced-delay", delay,
                "--paced-failure-rate", "0"
            ] + arguments, in: directory)
        return EngramStreams(server)
    }

    /// The same over TLS, with as many streams as come.
    func startSecureEngram(parts: Int, delay: String) async throws -> EngramStreams {
        let directory = try DataDirectory(in: serverOptions.scratch)
        let certificate = try await ServerCertificate(binary: serverOptions.serverBinary, in: directory)
        return try await startEngram(
            parts: parts, delay: delay, arguments: certificate.arguments + ["--streams", "0"], in: directory)
    }

    func startNchan() async throws -> NchanServer {
        let server = try await NchanServer.start(
            template: options.nchan, port: takePort(), files: fileLimit, scratch: serverOptions.scratch)
        adopt(server.pid)
        peers.append(server)
        return server
    }

    func stop(_ server: NchanServer) async throws {
        note(serverSeconds: try server.gauge.cpuSeconds())
        try await server.stop()
        release(server.pid)
        peers.removeAll { $0 === server }
    }

    /// Ends what a scenario that broke off left running.
    func clearUpPeers() async {
        // One that can't be ended is named by the operating system soon enough.
        for peer in peers { try? await stop(peer) }
    }

    /// Refuses what the file limit does not allow, before anything is started.
    func demand(sockets: Int) throws {
        guard sockets + 100 <= fileLimit else {
            throw BenchmarkFailure(.setup, "\(sockets) streams need more open files than the limit of \(fileLimit).")
        }
    }
}
