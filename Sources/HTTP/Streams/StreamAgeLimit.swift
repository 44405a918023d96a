import NIOCore
import Synchronization

/// How long the connections of streams may last; may change while they do.
package final class StreamAgeLimit: Sendable {
    /// Long enough for a script that follows one import and never comes back, short enough that a server which is taken out of a balancer's rotation
    /// is empty within half a day.
    package static let standard = Duration.seconds(4 * 3600)

    /// 0 stands for no limit.
    private let nanoseconds: Atomic<Int64>

    package init(_ longest: Duration? = standard) {
        nanoseconds = Atomic(Self.nanoseconds(of: longest))
    }

    /// `nil` lets them last for ever.
    package var longest: Duration? {
        let value = nanoseconds.load(ordering: .relaxed)
        return value == 0 ? nil : .nanoseconds(value)
    }

    package func set(_ longest: Duration?) {
        nanoseconds.store(Self.nanoseconds(of: longest), ordering: .relaxed)
    }

    var time: TimeAmount? {
        let value = nanoseconds.load(ordering: .relaxed)
        return value == 0 ? nil : .nanoseconds(value)
    }

    /// The limit of one connection, less up to a fifth: those that were opened at once don't all end at once.
    func share() -> TimeAmount? {
        time.map { .nanoseconds(Int64(Double($0.nanoseconds) * .random(in: StreamLease.shares))) }
    }

    private static func nanoseconds(of longest: Duration?) -> Int64 {
        guard let longest else { return 0 }
        let (seconds, attoseconds) = longest.components
        // More than a lifetime is no limit.
        return seconds >= 1 << 32 ? 0 : max(1, seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
