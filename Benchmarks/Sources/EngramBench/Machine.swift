import Foundation

/// What the figures were measured on.
struct Machine: Encodable, CustomStringConvertible {
    let processor: String
    let cores: Int
    let memoryGigabytes: Double
    /// The type of the file system under the data directories: a sync on `tmpfs` is free, and its figures are worth as much.
    let fileSystem: String

    init(scratch: String) throws {
        let cpu = try ProcessGauge.read("/proc/cpuinfo").split(separator: "\n").first { $0.hasPrefix("model name") }
        processor = cpu?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
        cores = ProcessInfo.processInfo.activeProcessorCount
        memoryGigabytes = (Double(ProcessInfo.processInfo.physicalMemory) / 1_073_741_824 * 10).rounded() / 10
        fileSystem = try Self.fileSystem(of: scratch)
    }

    var description: String { "\(cores) × \(processor), \(memoryGigabytes) GiB, data on \(fileSystem)" }

    /// The type of the mount with the longest path that leads to this one.
    private static func fileSystem(of path: String) throws -> String {
        let path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path + "/"
        let mounts = try ProcessGauge.read("/proc/mounts").split(separator: "\n").map { $0.split(separator: " ") }
        let above = mounts.filter { $0.count > 2 && path.hasPrefix($0[1] == "/" ? "/" : $0[1] + "/") }
        return above.max { $0[1].count < $1[1].count }.map { String($0[2]) } ?? "unknown"
    }
}
