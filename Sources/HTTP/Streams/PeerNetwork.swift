import Glibc
import NIOCore

/// What counts as one client's address: an IPv4 address, or the 64 bits of an IPv6 address that name its network, as one client has all of the rest.
struct PeerNetwork: Hashable, Sendable {
    private let bytes: [UInt8]

    /// - Returns: `nil` for what has no such address, as a Unix socket.
    init?(_ address: SocketAddress) {
        guard let text = address.ipAddress else { return nil }
        self.init(text)
    }

    init?(_ text: String) {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: four) { Array($0) }
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            let all = withUnsafeBytes(of: six) { Array($0) }
            // An IPv4 client of a socket that takes both stands in the last four.
            bytes = all.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]) ? Array(all.suffix(4)) : Array(all.prefix(8))
        } else {
            return nil
        }
    }
}
