import Knowledge
import Logging
import NIOCore
import Persistence
import Testing

@testable import HTTP

@Suite struct StreamQuotaTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test(arguments: [
        ("10.0.0.1", "10.0.0.2", false), ("10.0.0.1", "::ffff:10.0.0.1", true), ("2001:db8:1:2::3", "2001:db8:1:2:4:5:6:7", true),
        ("2001:db8:1:2::3", "2001:db8:1:3::3", false), ("::ffff:10.0.0.1", "::1", false)
    ])
    func addressesOfOneClient(first: String, second: String, areOne: Bool) throws {
        let (first, second) = try (network(first), network(second))
        #expect((first == second) == areOne)
    }

    private func network(_ address: String) throws -> PeerNetwork {
        try #require(try PeerNetwork(SocketAddress(ipAddress: address, port: 80)))
    }

    @Test func aSeatIsFreeAgainWhenNobodyHoldsIt() throws {
        let quota = StreamQuota(.init(total: 2))
        var seats = [quota.seat(for: .anybody, at: nil, logger: Self.logger), quota.seat(for: .anybody, at: nil, logger: Self.logger)]
        #expect(seats.allSatisfy { $0 != nil })
        #expect(quota.seat(for: .anybody, at: nil, logger: Self.logger) == nil)
        seats.removeLast()
        let next = quota.seat(for: .anybody, at: nil, logger: Self.logger)
        #expect(next != nil && quota.seat(for: .anybody, at: nil, logger: Self.logger) == nil)
        withExtendedLifetime((seats, next)) {}
    }

    @Test func keysAndAddressesAreCountedByThemselves() throws {
        var random = SystemRandomNumberGenerator()
        let keys = (0..<2).map { Principal(keyID: Identifier(milliseconds: $0, random: &random), role: .viewer, projects: nil) }
        let addresses = try (1...2).map { try SocketAddress(ipAddress: "10.0.0.\($0)", port: 80) }
        let quota = StreamQuota(.init(perKey: 2, perAddress: 2))
        func seat(_ key: Int, _ address: Int) -> StreamSeat? { quota.seat(for: keys[key], at: addresses[address], logger: Self.logger) }
        var seats = [seat(0, 0), seat(0, 1)]
        #expect(seats.allSatisfy { $0 != nil })
        #expect(seat(0, 1) == nil, "the key's are taken")
        seats.append(seat(1, 0))
        #expect(seats.last != nil)
        #expect(seat(1, 0) == nil, "the address's are taken")
        seats.removeFirst()
        #expect(seat(1, 0) != nil)
        seats = []
        #expect(seat(0, 0) != nil)
    }

    @Test func limitsThatChangeTakeNobodysSeatAndCountThoseWhoSit() throws {
        var random = SystemRandomNumberGenerator()
        let principal = Principal(keyID: Identifier(milliseconds: 1, random: &random), role: .viewer, projects: nil)
        let address = try SocketAddress(ipAddress: "10.0.0.1", port: 80)
        let quota = StreamQuota()
        func seat() -> StreamSeat? { quota.seat(for: principal, at: address, logger: Self.logger) }
        var seats = [seat(), seat(), seat()]
        #expect(seats.allSatisfy { $0 != nil })
        for limits: StreamQuota.Limits in [.init(total: 2), .init(perKey: 2), .init(perAddress: 2)] {
            quota.set(limits)
            #expect(seat() == nil, "three sit where two may")
        }
        seats.removeLast(2)
        for limits: StreamQuota.Limits in [.init(total: 2), .init(perKey: 2), .init(perAddress: 2), .init()] {
            quota.set(limits)
            #expect(seat() != nil, "one sits where two may")
        }
        withExtendedLifetime(seats) {}
    }
}
