import Foundation
import Glibc
import NIOCore

/// An Engram whose tasks are made to wait until their subscribers are there: it starts with no workers and is given some later, by
/// its settings and a SIGHUP.
@ClientLoop
final class EngramStreams {
    let server: ServerProcess
    let gauge: ProcessGroupGauge

    init(_ server: ServerProcess) {
        self.server = server
        gauge = ProcessGroupGauge([server.gauge.pid])
    }

    var port: Int { server.address.port }

    static func write(workers: Int, to directory: DataDirectory) throws {
        try Data("{\"workers\": \(workers)}".utf8).write(to: URL(fileURLWithPath: directory.settings), options: .atomic)
    }

    func set(workers: Int) throws {
        try Self.write(workers: workers, to: server.directory)
        kill(server.gauge.pid, SIGHUP)
    }

    /// The request for a stream by its ticket alone.
    func subscription(to memory: AcceptedMemory) -> [UInt8] {
        [UInt8](server.address.anonymous.get(memory.streamURL, accept: "text/event-stream").readableBytesView)
    }

    /// The request for a stream with the key.
    func subscription(toTask id: String) -> [UInt8] {
        [UInt8](server.address.get("\(ServerAddress.base)/tasks/\(id)/stream", accept: "text/event-stream").readableBytesView)
    }
}
