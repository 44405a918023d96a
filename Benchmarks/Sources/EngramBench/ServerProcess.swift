import Foundation
import Glibc

/// A running server that this tool started.
@ClientLoop
final class ServerProcess {
    let address: ServerAddress
    let directory: DataDirectory
    let gauge: ProcessGauge
    /// From just before the process was made to the first 200 of `GET /ready`.
    let startup: Duration

    private let process: Process

    private init(process: Process, address: ServerAddress, directory: DataDirectory, startup: Duration) {
        self.process = process
        self.address = address
        self.directory = directory
        self.startup = startup
        gauge = ProcessGauge(pid: process.processIdentifier)
    }

    var client: Client { Client(address: address) }

    /// Starts the server and waits until it is ready; throws if it ends before or is not ready in time.
    ///
    /// - Parameter started: is given the process identifier as soon as there is one.
    static func start(
        binary: String, port: Int, directory: DataDirectory, arguments: [String], isSecure: Bool = false,
        patience: Duration = .seconds(120), started: (Int32) -> Void
    ) async throws -> ServerProcess {
        let address = ServerAddress(host: "127.0.0.1", port: port, key: nil, isSecure: isSecure)
        if let squatter = try? await Connection.open(to: address) {  // Refused is what is hoped for.
            squatter.close()
            throw BenchmarkFailure(.setup, "Something listens on port \(port) already; choose another --port-base.")
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: binary)
        process.arguments =
            ["serve", "--host", address.host, "--port", "\(port)", "--data", directory.data, "--store", "sqlite"] + arguments
        let log = try openLog(of: directory)
        process.standardOutput = log
        process.standardError = log
        process.standardInput = FileHandle.nullDevice
        let clock = ContinuousClock()
        let began = clock.now
        do {
            try withAllSignals { try process.run() }
        } catch {
            throw BenchmarkFailure(.setup, "\(binary) can't be started: \(error.localizedDescription)")
        }
        started(process.processIdentifier)
        let client = Client(address: address)
        let request = address.get("/ready")
        while clock.now - began < patience {
            guard process.isRunning else {
                throw BenchmarkFailure(.server, "The server ended before it was ready:\n\(directory.logTail())")
            }
            // Refused at first, 503 perhaps later: both mean "not yet".
            if let reply = try? await client.reply(to: request), reply.status == 200 {
                let startup = clock.now - began
                let key = try directory.ownerKey()
                return ServerProcess(
                    process: process, address: ServerAddress(host: address.host, port: port, key: key, isSecure: isSecure),
                    directory: directory, startup: startup)
            }
            try await Task.sleep(for: .milliseconds(2))
        }
        kill(process.processIdentifier, SIGKILL)
        throw BenchmarkFailure(.server, "The server was not ready after \(patience):\n\(directory.logTail())")
    }

    /// Ends the server by SIGTERM, or by SIGKILL if it takes more than 30 s; says how it went.
    func stop() async throws -> Check {
        let statement = "server ends by itself on SIGTERM"
        guard process.isRunning else { return Check(statement, false, "it had ended before, with \(process.terminationStatus)") }
        let clock = ContinuousClock()
        let began = clock.now
        kill(process.processIdentifier, SIGTERM)
        while process.isRunning {
            if clock.now - began > .seconds(30) {
                kill(process.processIdentifier, SIGKILL)
                return Check(statement, false, "killed after 30 s")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        let took = Int((clock.now - began).milliseconds)
        let byItself = process.terminationReason == .exit && process.terminationStatus == 0
        return Check(statement, byItself, "status \(process.terminationStatus) after \(took) ms")
    }

    /// Runs the body with no signal blocked on this thread. NIO blocks them all on its threads, a child process inherits
    /// that from the thread that makes it, and a server would then never hear of a SIGTERM.
    static func withAllSignals(_ body: () throws -> Void) rethrows {
        var none = sigset_t()
        var before = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }

    private static func openLog(of directory: DataDirectory) throws -> FileHandle {
        let files = FileManager.default
        guard files.fileExists(atPath: directory.log) || files.createFile(atPath: directory.log, contents: nil),
            let log = FileHandle(forWritingAtPath: directory.log)
        else {
            throw BenchmarkFailure(.setup, "\(directory.log) can't be written.")
        }
        log.seekToEndOfFile()
        return log
    }
}
