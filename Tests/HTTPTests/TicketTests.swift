import HTTPTypes
import Knowledge
import Persistence
import Testing

@testable import HTTP

/// What comes of tickets that nobody here has made, in every way that a seeded generator can think of.
@Suite struct TicketTests {
    static let secret = SecurityTests.secret
    static let task = StreamRequestTests.task
    static let now: Int64 = 1_800_000_000
    static let lifetime: Int64 = 3600

    static func ticket(_ kind: Ticket.Kind = .task, subject: Identifier = task, key: Identifier, expiry: Int64 = now + lifetime) -> Ticket {
        Ticket(kind: kind, subject: subject, key: key, expiry: expiry)
    }

    /// An authenticator that knows one key.
    static func authenticator(
        now: Int64 = now, lifetime: Int64 = lifetime, keyExpiresAt: Timestamp? = nil
    ) async throws -> (Authenticator, AccessKeyRecord) {
        let store = InMemoryStore()
        let key = AccessKeyRecord(
            id: Identifier(high: 5, low: 5), name: "a", role: .viewer, digest: [1], hint: "", projects: nil,
            createdAt: Timestamp(microseconds: 0), expiresAt: keyExpiresAt)
        try await store.addAccessKey(key)
        let authenticator = Authenticator(
            keys: try await KeyRing(store: store), secret: secret, isOpen: false, ticketLifetime: lifetime,
            now: { Timestamp(microseconds: now * 1_000_000) })
        return (authenticator, key)
    }

    /// One of many changes that a byte sequence can suffer.
    static func mutate(_ bytes: inout [UInt8], other: [UInt8], using random: inout SplitMix64) {
        let place = Int.random(in: 0..<max(1, bytes.count), using: &random)
        switch Int.random(in: 0..<11, using: &random) {
        case 0 where !bytes.isEmpty: bytes[place] = .random(in: .min ... .max, using: &random)
        case 1 where !bytes.isEmpty: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: bytes.insert(.random(in: .min ... .max, using: &random), at: min(place, bytes.count))
        case 3 where !bytes.isEmpty: bytes.remove(at: place)
        case 4: bytes.removeLast(Int.random(in: 0...bytes.count, using: &random))
        case 5: bytes += bytes.prefix(place)
        case 6: bytes = Array(bytes.prefix(place)) + other.dropFirst(place)
        case 7 where !bytes.isEmpty: bytes.swapAt(place, Int.random(in: 0..<bytes.count, using: &random))
        case 8: bytes.append(contentsOf: Array("=\n %00🙂&".utf8).prefix(Int.random(in: 1...11, using: &random)))
        case 9 where !bytes.isEmpty: bytes.replaceSubrange(place...place, with: Array("%\(String(bytes[place], radix: 16))".utf8))
        case 10 where !bytes.isEmpty: bytes[place] ^= 0x20
        default: bytes.reverse()
        }
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func whateverIsDoneToATicketMakesNoOtherOne(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let key = Identifier(high: 5, low: 5)
        let tickets = [
            Self.ticket(key: key), Self.ticket(subject: StreamRequestTests.other, key: key), Self.ticket(.project, key: key),
            Self.ticket(.session, subject: key, key: key), Self.ticket(key: key, expiry: Self.now - 1)
        ]
        let texts = tickets.map { Array($0.text(secret: Self.secret).utf8) }
        var survivors = 0
        for _ in 0..<10_000 {
            let chosen = Int.random(in: 0..<tickets.count, using: &random)
            var bytes = texts[chosen]
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                Self.mutate(&bytes, other: texts.randomElement(using: &random) ?? [], using: &random)
            }
            let text = String(decoding: bytes, as: UTF8.self)
            let read = Ticket(text, secret: Self.secret)
            // Changes may cancel each other out, and a ticket may be put together again from its own halves.
            let expected = texts.firstIndex(of: Array(text.utf8)).map { tickets[$0] }
            #expect(read == expected, "\(text)")
            if read != nil { survivors += 1 }
        }
        #expect(survivors < 1000, "hardly anything was changed")
    }

    /// Bytes that only a holder of the secret could have signed: no field may bring the reader down, and each must be read as it was written.
    @Test(arguments: 0..<4 as Range<UInt64>)
    func anySignedBytesAreReadOrRefusedAndNeverTrusted(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let (authenticator, key) = try await Self.authenticator()
        let edges: [Int64] = [.min, .min + 1, -1, 0, Self.now - 1, Self.now, Self.now + 1, Self.now + Self.lifetime, .max - 1, .max]
        for _ in 0..<300 {
            let kind = UInt8.random(in: 0...5, using: &random)
            let expiry =
                Bool.random(using: &random) ? edges.randomElement(using: &random) ?? 0 : Int64.random(in: .min ... .max, using: &random)
            var payload = [kind] + (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            for word in [key.id.high, key.id.low, UInt64(bitPattern: expiry)] {
                for shift in stride(from: 56, through: 0, by: -8) { payload.append(UInt8(truncatingIfNeeded: word >> UInt64(shift))) }
            }
            let text = Base64URL.encode(payload + Digest.hmac(payload, key: Self.secret))
            let ticket = Ticket(text, secret: Self.secret)
            #expect((ticket != nil) == (1...3).contains(kind))
            #expect(ticket.map { $0.text(secret: Self.secret) == text && $0.expiry == expiry } ?? true)
            let isGood = (1...2).contains(kind) && expiry > Self.now && expiry <= Self.now + Self.lifetime + Ticket.clockSkew
            #expect((authenticator.verified(text) != nil) == isGood, "kind \(kind), expiry \(expiry)")
        }
        for count in 0..<120 {
            let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            #expect(Ticket(Base64URL.encode(bytes), secret: Self.secret) == nil)
            #expect(Ticket(String(decoding: bytes, as: UTF8.self), secret: Self.secret) == nil)
        }
    }

    /// The same through the whole request line.
    @Test(arguments: 0..<4 as Range<UInt64>)
    func noQueryOpensAStreamButOneWithTheTicket(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let (authenticator, key) = try await Self.authenticator()
        let good = authenticator.ticket(.task, for: Self.task, principal: Principal(key)).text
        let bad = Array(Self.ticket(key: Identifier(high: 6, low: 6)).text(secret: Self.secret).utf8)
        #expect(throws: Never.self) { try StreamRequest(StreamRequestTests.head("?ticket=\(good)"), authenticator: authenticator) }
        for _ in 0..<3000 {
            var query = Array("ticket=\(good)&last_event_id=1-2".utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) { Self.mutate(&query, other: bad, using: &random) }
            let text = String(decoding: query, as: UTF8.self)
            let isThere =
                text.utf8.split(separator: UInt8(ascii: "&")).first { $0.starts(with: "ticket=".utf8) }.map { Array($0.dropFirst(7)) }
                == Array(good.utf8)
            do {
                let request = try StreamRequest(StreamRequestTests.head("?\(text)"), authenticator: authenticator)
                #expect(isThere && request.principal == Principal(key), "\(text)")
            } catch {
                #expect(!isThere && [401, 403, 404].contains(error.status.code), "\(text): \(error)")
            }
        }
    }

    @Test func equalityIsDecidedByAllBytes() {
        let bytes = (0..<32).map { UInt8($0) }
        #expect(Digest.areEqual(bytes, bytes) && Digest.areEqual([], []))
        for place in bytes.indices {
            var changed = bytes
            changed[place] ^= 0x80
            #expect(!Digest.areEqual(bytes, changed))
        }
        #expect(!Digest.areEqual(bytes, Array(bytes.dropLast())) && !Digest.areEqual([], [0]))
    }

    /// An expiry further ahead than any that is given now comes from a clock that was wrong, or from longer lifetimes than are wanted now.
    @Test(arguments: [(0, true), (-Ticket.clockSkew, true), (-Ticket.clockSkew - 1, false), (3599, true), (3600, false), (90_000, false)])
    func aTicketIsGoodForItsLifetimeAndAClockThatWasSetBackALittle(step: Int64, isGood: Bool) async throws {
        let (maker, key) = try await Self.authenticator()
        let (judge, _) = try await Self.authenticator(now: Self.now + step)
        for kind in [Ticket.Kind.task, .project] {
            let text = maker.ticket(kind, for: Self.task, principal: Principal(key)).text
            #expect((judge.verified(text) != nil) == isGood)
        }
    }

    @Test func aSessionIsJudgedByItsOwnLifetime() async throws {
        let (maker, key) = try await Self.authenticator()
        func isGood(after step: Int64) async throws -> Bool {
            let cookie: HTTPFields = [.cookie: "\(Authenticator.cookieName)=\(maker.session(for: Principal(key)))"]
            return try await Self.authenticator(now: Self.now + step).0.principal(of: StreamRequestTests.head(fields: cookie)) != nil
        }
        #expect(try await isGood(after: 0))
        #expect(try await isGood(after: Authenticator.sessionLifetime - 1))
        #expect(try await !isGood(after: Authenticator.sessionLifetime))
        #expect(try await !isGood(after: -Ticket.clockSkew - 1))
    }

    @Test func aShorterLifetimeHoldsForTicketsThatWereMadeBefore() async throws {
        let (maker, key) = try await Self.authenticator()
        let text = maker.ticket(.task, for: Self.task, principal: Principal(key)).text
        #expect(try await Self.authenticator(lifetime: 60).0.verified(text) == nil)
    }

    @Test func aTicketEndsWithAKeyThatExpires() async throws {
        let expiry = Timestamp(microseconds: (Self.now + 10) * 1_000_000)
        let (maker, key) = try await Self.authenticator(keyExpiresAt: expiry)
        let text = maker.ticket(.task, for: Self.task, principal: Principal(key)).text
        #expect(maker.verified(text)?.principal.keyExpiresAt == expiry)
        #expect(try await Self.authenticator(now: Self.now + 10, keyExpiresAt: expiry).0.verified(text) == nil)
    }
}
