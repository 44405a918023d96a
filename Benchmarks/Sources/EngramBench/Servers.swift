import Foundation
import Glibc

/// The servers that an invocation starts and ends, and their folders.
@ClientLoop
class Servers {
    let serverOptions: ServerOptions
    /// CPU time of the servers that were ended, in seconds.
    private(set) var serverSeconds = 0.0

    private var nextPort: Int
    private var servers: [ServerProcess] = []
    private var pids: Set<Int32> = []
    private var directories: Set<DataDirectory> = []

    init(options: ServerOptions) {
        serverOptions = options
        nextPort = options.portBase
    }

    /// The folder of an ended server is kept.
    func isStock(_ directory: DataDirectory) -> Bool { false }

    /// A port that nobody has been given.
    func takePort() -> Int {
        defer { nextPort += 1 }
        return nextPort
    }

    /// Starts a server on the next port, by default in a fresh folder.
    func start(_ arguments: [String], in directory: DataDirectory? = nil) async throws -> ServerProcess {
        let directory = try directory ?? DataDirectory(in: serverOptions.scratch)
        directories.insert(directory)
        let port = takePort()
        var pid: Int32?
        do {
            let server = try await ServerProcess.start(
                binary: serverOptions.serverBinary, port: port, directory: directory,
                arguments: arguments + serverOptions.serverArgument, isSecure: arguments.contains("--tls-certificate")
            ) { started in
                pid = started
                pids.insert(started)
            }
            servers.append(server)
            return server
        } catch {
            if let pid { pids.remove(pid) }
            throw error
        }
    }

    /// Ends the server and adds to the report how it went. The folder is removed unless it is the stock's, or another server is to go on with it.
    func stop(_ server: ServerProcess, _ report: inout ScenarioReport, keepingData: Bool = false) async throws {
        serverSeconds += (try? server.gauge.cpuSeconds()) ?? 0  // Gone already: the check below says so.
        let check = try await server.stop()
        if !check.passed || !report.checks.contains(where: { $0.statement == check.statement }) { report.checks.append(check) }
        servers.removeAll { $0 === server }
        pids.remove(server.gauge.pid)
        if !keepingData, !isStock(server.directory) { discard(server.directory) }
    }

    /// Of a server that somebody else ended.
    func note(serverSeconds seconds: Double) { serverSeconds += seconds }

    /// A process that ``abandon()`` is to end, too.
    func adopt(_ pid: Int32) { pids.insert(pid) }

    func release(_ pid: Int32) { pids.remove(pid) }

    func discard(_ directory: DataDirectory) {
        directory.remove()
        directories.remove(directory)
    }

    /// Ends what a scenario that broke off left running.
    func clearUp(_ report: inout ScenarioReport) async {
        for server in servers {
            if report.failure != nil { report.notes.append("last words of the server's log:\n\(server.directory.logTail())") }
            do {
                try await stop(server, &report)
            } catch {
                report.notes.append("A server could not be ended: \(error)")
            }
        }
        for directory in directories where !isStock(directory) { discard(directory) }
    }

    /// Ends everything at once and without ceremony.
    func abandon() {
        for pid in pids { kill(pid, SIGTERM) }
        for directory in directories { directory.remove() }
    }
}
