/// The id of a task's state in a stream: `EPOCH-VERSION`. It only grows, across restarts too.
///
/// A version is the task's durable ``TaskRecord/revision`` times ``stride`` plus the number of steps since that was
/// written, so that ids grow even though the steps live in memory only.
package struct EventID: Hashable, Comparable, Sendable {
    /// How many steps fit between two durable changes of one task.
    package static let stride: Int64 = 1_000_000

    /// The boot of the store that spoke this id, from 1.
    package let epoch: Int64
    package let version: Int64

    package init(epoch: Int64, version: Int64) {
        self.epoch = epoch
        self.version = version
    }

    /// - Parameter step: steps past ``stride`` − 1 share the last id; a task that reports that often is conflated.
    package init(epoch: Int64, revision: Int64, step: Int64 = 0) {
        self.init(epoch: epoch, version: revision * Self.stride + min(step, Self.stride - 1))
    }

    /// The steps since the last durable change.
    package var step: Int64 { version % Self.stride }

    /// Reads `EPOCH-VERSION` in decimal digits; anything else is `nil`.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2,
            parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }),
            let epoch = Int64(parts[0]), let version = Int64(parts[1])
        else { return nil }
        self.init(epoch: epoch, version: version)
    }

    package static func < (left: EventID, right: EventID) -> Bool { (left.epoch, left.version) < (right.epoch, right.version) }
}

extension EventID: CustomStringConvertible {
    package var description: String { "\(epoch)-\(version)" }
}
