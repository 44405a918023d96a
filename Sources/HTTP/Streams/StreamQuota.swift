import Knowledge
import Logging
import NIOCore
import Synchronization

/// How many streams may be open at once: in all, opened with one key (or with tickets that it made), and from one address.
///
/// Who finds no seat is told the state of the moment and when to come back.
package final class StreamQuota: Sendable {
    /// `nil` is without limit.
    package struct Limits: Sendable {
        package var total: Int?
        package var perKey: Int?
        package var perAddress: Int?

        package init(total: Int? = nil, perKey: Int? = nil, perAddress: Int? = nil) {
            self.total = total
            self.perKey = perKey
            self.perAddress = perAddress
        }
    }

    private struct Taken {
        var total = 0
        var byKey: [Identifier: Int] = [:]
        var byAddress: [PeerNetwork: Int] = [:]
        var nextWarning = NIODeadline.uptimeNanoseconds(0)
    }

    /// How long nothing more is logged of seats that were not to be had.
    private static let silence: TimeAmount = .minutes(1)

    private let limits: Limits
    private let taken = Mutex(Taken())

    package init(_ limits: Limits = Limits()) {
        self.limits = limits
    }

    /// A seat, if there is one; it is free again when nobody holds it any more.
    func seat(for principal: Principal, at address: SocketAddress?, logger: Logger) -> StreamSeat? {
        let key = limits.perKey == nil ? nil : principal.keyID
        let address = limits.perAddress == nil ? nil : address.flatMap { PeerNetwork($0) }
        let (reached, isNews) = taken.withLock { taken in
            let reached = full(taken, key, address)
            if reached == nil {
                taken.total += 1
                if let key { taken.byKey[key, default: 0] += 1 }
                if let address { taken.byAddress[address, default: 0] += 1 }
                return (reached, false)
            }
            let now = NIODeadline.now()
            guard now >= taken.nextWarning else { return (reached, false) }
            taken.nextWarning = now + Self.silence
            return (reached, true)
        }
        guard let reached else { return StreamSeat(quota: self, key: key, address: address) }
        if isNews { logger.warning("as many streams are open as may be; clients are told to come back", metadata: ["limit": "\(reached)"]) }
        return nil
    }

    /// The flag whose limit leaves no seat.
    private func full(_ taken: borrowing Taken, _ key: Identifier?, _ address: PeerNetwork?) -> String? {
        if let limit = limits.total, taken.total >= limit { return "--streams" }
        if let limit = limits.perKey, let key, taken.byKey[key, default: 0] >= limit { return "--streams-per-key" }
        if let limit = limits.perAddress, let address, taken.byAddress[address, default: 0] >= limit { return "--streams-per-address" }
        return nil
    }

    fileprivate func giveBack(_ key: Identifier?, _ address: PeerNetwork?) {
        taken.withLock { taken in
            taken.total -= 1
            if let key { Self.decrement(&taken.byKey, key) }
            if let address { Self.decrement(&taken.byAddress, address) }
        }
    }

    private static func decrement<Key: Hashable>(_ counts: inout [Key: Int], _ key: Key) {
        let left = counts[key, default: 0] - 1
        counts[key] = left > 0 ? left : nil
    }
}

/// One stream's place in a quota.
final class StreamSeat: Sendable {
    private let quota: StreamQuota
    private let key: Identifier?
    private let address: PeerNetwork?

    fileprivate init(quota: StreamQuota, key: Identifier?, address: PeerNetwork?) {
        self.quota = quota
        self.key = key
        self.address = address
    }

    deinit { quota.giveBack(key, address) }
}
