import Foundation
import Glibc

/// What all scenarios of an invocation work with: the servers they start and end, the folders, the texts, the options.
@ClientLoop
final class Workbench {
    /// A store that one scenario leaves for another.
    struct Stock {
        let directory: DataDirectory
        let memories: Int
    }

    let options: RunOptions
    let texts: Texts
    let fileLimit: Int
    /// What `growth` stored, for `restart`.
    var stock: Stock?
    /// CPU time of the servers that were ended, in seconds.
    private(set) var serverSeconds = 0.0

    private var nextPort: Int
    private var servers: [ServerProcess] = []
    private var pids: Set<Int32> = []
    private var directories: Set<DataDirectory> = []

    init(options: RunOptions, texts: Texts, fileLimit: Int) {
        self.options = options
        self.texts = texts
        self.fileLimit = fileLimit
        nextPort = options.portBase
    }

    /// Starts a server on the next port, by default in a fresh folder.
    func start(_ arguments: [String], in directory: DataDirectory? = nil) async throws -> ServerProcess {
        let directory = try directory ?? DataDirectory(in: options.scratch)
        directories.insert(directory)
        let port = nextPort
        nextPort += 1
        var pid: Int32?
        do {
            let server = try await ServerProcess.start(
                binary: options.serverBinary, port: port, directory: directory, arguments: arguments + options.serverArgument
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
        if !keepingData, stock?.directory != server.directory { discard(server.directory) }
    }

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
        for directory in directories where directory != stock?.directory { discard(directory) }
    }

    /// Ends everything at once and without ceremony.
    func abandon() {
        for pid in pids { kill(pid, SIGTERM) }
        for directory in directories { directory.remove() }
    }
}
