import Knowledge
import NIOCore
import Testing

@testable import HTTP

@Suite struct StreamLeaseTests {
    private static let opened = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private static let clock = Timestamp(microseconds: 1_000_000_000)

    private static func request(keyExpiresAt: Timestamp? = nil, ticketExpiresAt: Timestamp? = nil) async throws -> StreamRequest {
        var request = try StreamRequest(StreamRequestTests.head(), authenticator: try await StreamRequestTests.authenticator(isOpen: true))
        request.principal.keyExpiresAt = keyExpiresAt
        request.ticketExpiresAt = ticketExpiresAt
        return request
    }

    private static func verdict(
        _ request: StreamRequest, share: Double = 1, after: TimeAmount, longest: TimeAmount? = .seconds(100)
    ) -> StreamLease.Verdict {
        StreamLease(openedAt: opened, share: share).verdict(for: request, at: opened + after, longest: longest, clock: clock)
    }

    @Test func lastsForItsShareOfTheLongestAge() async throws {
        let request = try await Self.request()
        #expect(Self.verdict(request, after: .seconds(99)) == .goesOn)
        #expect(Self.verdict(request, after: .seconds(100)) == .comesBack)
        #expect(Self.verdict(request, share: 0.8, after: .seconds(79)) == .goesOn)
        #expect(Self.verdict(request, share: 0.8, after: .seconds(80)) == .comesBack)
        #expect(Self.verdict(request, after: .hours(100_000), longest: nil) == .goesOn)
    }

    @Test func thoseThatAreOpenedAtOnceEndApart() async throws {
        let request = try await Self.request()
        let over = (0..<1000).filter { _ in
            StreamLease(openedAt: Self.opened).verdict(
                for: request, at: Self.opened + .seconds(90), longest: .seconds(100), clock: Self.clock) == .comesBack
        }.count
        #expect((300...700).contains(over), "of a thousand, about half are over at the middle of the range")
    }

    @Test func endsWithItsKey() async throws {
        let request = try await Self.request(keyExpiresAt: Self.clock)
        #expect(Self.verdict(request, after: .zero, longest: nil) == .hasExpired)
        let later = try await Self.request(keyExpiresAt: Self.clock.advanced(bySeconds: 1))
        #expect(Self.verdict(later, after: .zero, longest: nil) == .goesOn)
    }

    @Test func isLeftAloneWhereTheClientCouldNotComeBack() async throws {
        for (left, verdict) in [(-10, .goesOn), (StreamLease.margin, .goesOn), (StreamLease.margin + 1, .comesBack)]
            as [(Int64, StreamLease.Verdict)]
        {
            let request = try await Self.request(ticketExpiresAt: Self.clock.advanced(bySeconds: left))
            #expect(Self.verdict(request, after: .seconds(100)) == verdict, "\(left) s")
        }
    }

    @Test func theLimitIsWhatWasSetLast() {
        let limit = StreamAgeLimit()
        #expect(limit.longest == StreamAgeLimit.standard)
        limit.set(.milliseconds(1500))
        #expect(limit.longest == .milliseconds(1500) && limit.time == .milliseconds(1500))
        limit.set(nil)
        #expect(limit.longest == nil && limit.time == nil)
        #expect(StreamAgeLimit(.seconds(Int64.max)).time == nil)
    }
}
