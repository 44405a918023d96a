import Foundation

/// What `engram certificate` makes.
struct ServerCertificate {
    /// The server's arguments that use it.
    let arguments: [String]

    @ClientLoop
    init(binary: String, in directory: DataDirectory) async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: binary)
        process.arguments = ["certificate", "--out", directory.certificates]
        process.standardOutput = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try ServerProcess.withAllSignals { try process.run() }
        while process.isRunning { try await Task.sleep(for: .milliseconds(2)) }
        guard process.terminationStatus == 0 else {
            throw BenchmarkFailure(.setup, "\(binary) certificate ended with \(process.terminationStatus).")
        }
        let folder = directory.certificates
        arguments = ["--tls-certificate", folder + "/certificate.pem", "--tls-key", folder + "/key.pem"]
    }
}
