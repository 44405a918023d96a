import NIOCore

/// What counts as one client's address: an IPv4 address, or the 64 bits of an IPv6 address that name its network, as one client has all of the rest.
struct PeerNetwork: Hashable, Sendable {
    private let number: UInt64
    private let isIPv4: Bool

    /// - Returns: `nil` for what has no such address, as a Unix socket.
    init?(_ address: SocketAddress) {
        switch address {
        case .v4(let address):
            // `sockaddr_in`: family and port, two bytes each, then the address.
            number = withUnsafeBytes(of: address.address) { bytes in
                UInt64(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
            }
            isIPv4 = true
        case .v6(let address):
            // `sockaddr_in6`: family, port and flow, eight bytes in all, then the address.
            let (network, rest) = withUnsafeBytes(of: address.address) { bytes in
                (
                    UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                    UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
                )
            }
            // An IPv4 client of a socket that takes both stands in the last four bytes.
            isIPv4 = network == 0 && rest >> 32 == 0xffff
            number = isIPv4 ? rest & 0xffff_ffff : network
        case .unixDomainSocket: return nil
        }
    }
}
