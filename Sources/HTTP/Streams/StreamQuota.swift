import Knowledge
import Logging
import NIOCore
import Synchronization

/// How many streams may be open at once: in all, opened with one key (or with tickets that it made), and from one address.
///
/// Who finds no seat is told the state of the moment and when to come back. The limits may change while streams are open: who has a seat keeps it,
/// and counts.
package final class StreamQuota: Sendable {
    /// `nil` is without limit.
    package struct Limits: Sendable, Equatable {
        package var total: Int?
        package var perKey: Int?
        package var perAddress: Int?

        package init(total: Int? = nil, perKey: Int? = nil, perAddress: Int? = nil) {
            self.total = total
            self.perKey = perKey
            self.perAddress = perAddress
        }
    }

    private struct State {
        var limits: Limits
        var total = 0
        var byKey: [Identifier: Int] = [:]
        var byAddress: [PeerNetwork: Int] = [:]
        var nextWarning = NIODeadline.uptimeNanoseconds(0)
    }

    /// How long nothing more is logged of seats that were not to be had.
    private static let silence: TimeAmount = .minutes(1)

    private let state: Mutex<State>

    package init(_ limits: Limits = Limits()) {
        state = Mutex(State(limits: limits))
    }

    package func set(_ limits: Limits) {
        state.withLock { $0.limits = limits }
    }

    /// A seat, if there is one; it is free again when nobody holds it any more.
    func seat(for principal: Principal, at address: SocketAddress?, logger: Logger) -> StreamSeat? {
        // Keys and addresses are counted without a limit on them, too: one may be set later.
        let key = principal.keyID
        let address = address.flatMap { PeerNetwork($0) }
        let (reached, isNews) = state.withLock { taken in
            let reached = Self.full(taken, key, address)
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

    /// The setting that leaves no seat.
    private static func full(_ taken: borrowing State, _ key: Identifier?, _ address: PeerNetwork?) -> String? {
        let limits = taken.limits
        if let limit = limits.total, taken.total >= limit { return "streams" }
        if let limit = limits.perKey, let key, taken.byKey[key, default: 0] >= limit { return "streams_per_key" }
        if let limit = limits.perAddress, let address, taken.byAddress[address, default: 0] >= limit { return "streams_per_address" }
        return nil
    }

    fileprivate func giveBack(_ key: Identifier?, _ address: PeerNetwork?) {
        state.withLock { taken in
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
