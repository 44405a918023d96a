import Foundation
import Glibc

/// CPU time and memory of a process, from `/proc`.
struct ProcessGauge {
    let pid: Int32

    static let ownProcess = ProcessGauge(pid: getpid())

    /// User and system time of all its threads so far, in seconds; the kernel counts in hundredths.
    func cpuSeconds() throws -> Double {
        let line = try Self.read("/proc/\(pid)/stat")
        // The second field is the command in parentheses and may contain anything; the 14th and 15th are the times.
        guard let end = line.lastIndex(of: ")") else { throw BenchmarkFailure(.setup, "/proc/\(pid)/stat can't be understood.") }
        let fields = line[line.index(after: end)...].split(separator: " ")
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
            throw BenchmarkFailure(.setup, "/proc/\(pid)/stat can't be understood.")
        }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Resident memory in KiB.
    func residentKilobytes() throws -> Double { try memory("VmRSS:") }

    /// The most resident memory that it has had, in KiB.
    func peakResidentKilobytes() throws -> Double { try memory("VmHWM:") }

    /// Resident memory in KiB, with what is shared with other processes counted in parts.
    func proportionalKilobytes() throws -> Double { try memory("Pss:", in: "smaps_rollup") }

    private func memory(_ name: String, in file: String = "status") throws -> Double {
        let status = try Self.read("/proc/\(pid)/\(file)")
        for line in status.split(separator: "\n") where line.hasPrefix(name) {
            if let value = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap({ Double($0) }) {
                return value
            }
        }
        throw BenchmarkFailure(.server, "Process \(pid) has no resident memory any more.")
    }

    static func read(_ path: String) throws -> String {
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw BenchmarkFailure(.server, "\(path) can't be read: has the server ended? \(error.localizedDescription)")
        }
    }
}
