import Foundation
import Glibc
import NIOCore

/// nginx with nchan, in a folder of its own, started and ended like a server that is measured.
@ClientLoop
final class NchanServer {
    static let module = "/usr/lib/nginx/modules/ngx_nchan_module.so"
    static let program = "/usr/sbin/nginx"

    static var isInstalled: Bool {
        [module, program].allSatisfy { FileManager.default.fileExists(atPath: $0) }
    }

    let address: ServerAddress
    let gauge: ProcessGroupGauge
    private let process: Process
    private let folder: URL

    private init(process: Process, address: ServerAddress, gauge: ProcessGroupGauge, folder: URL) {
        self.process = process
        self.address = address
        self.gauge = gauge
        self.folder = folder
    }

    static func start(template: String, port: Int, files: Int, scratch: String) async throws -> NchanServer {
        let folder = URL(fileURLWithPath: scratch, isDirectory: true).appendingPathComponent("engram-bench-nchan-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let configuration = folder.appendingPathComponent("nginx.conf")
        var text = try ProcessGauge.read(template)
        let values = [
            "FOLDER": folder.path, "PORT": "\(port)", "FILES": "\(files)", "MODULE": module,
            // As root its workers would be another user, who can't write here.
            "USER": getuid() == 0 ? "user root;" : ""
        ]
        for (name, value) in values { text = text.replacingOccurrences(of: "@\(name)@", with: value) }
        try text.write(to: configuration, atomically: true, encoding: .utf8)

        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["-p", folder.path, "-c", configuration.path]
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try ServerProcess.withAllSignals { try process.run() }
        let address = ServerAddress(host: "127.0.0.1", port: port, key: nil)
        for _ in 0..<500 {
            guard process.isRunning else { break }
            // Refused at first.
            if let reply = try? await Client(address: address).reply(to: address.get("/")), reply.status == 404 {
                let gauge = try ProcessGroupGauge(leader: process.processIdentifier)
                return NchanServer(process: process, address: address, gauge: gauge, folder: folder)
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        // No log: then there is no more to say.
        let log = (try? ProcessGauge.read(folder.appendingPathComponent("error.log").path)) ?? ""
        throw BenchmarkFailure(.server, "nginx with nchan did not start: \(log.suffix(500))")
    }

    var pid: Int32 { process.processIdentifier }

    func subscription(to channel: Int) -> [UInt8] {
        let request = address.get("/subscribe?id=\(channel)", accept: "text/event-stream")
        return [UInt8](request.readableBytesView)
    }

    func stop() async throws {
        kill(process.processIdentifier, SIGTERM)
        for _ in 0..<1000 where process.isRunning { try await Task.sleep(for: .milliseconds(10)) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        // What stays lies in the scratch folder, under a name that says whose it was.
        try? FileManager.default.removeItem(at: folder)
    }
}
