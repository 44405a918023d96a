import HTTPTypes
import Knowledge
import Persistence
import Testing

@testable import HTTP

@Suite struct SecurityTests {
    static let secret = [UInt8](repeating: 7, count: 32)

    @Test func digestsAreThoseOfTheStandards() {
        func hex(_ bytes: [UInt8]) -> String { bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
        #expect(hex(Digest.sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        // RFC 4231, test case 2.
        #expect(
            hex(Digest.hmac(Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8)))
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    @Test(arguments: 0..<100)
    func base64RoundTrips(length: Int) {
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ length) }
        let text = Base64URL.encode(bytes)
        #expect(Base64URL.decode(text) == bytes)
        #expect(!text.contains("=") && !text.contains("+") && !text.contains("/"))
    }

    @Test(arguments: ["A", "AB", "A=", "A+", "ÄÄ", "AAAAB"])
    func base64RefusesWhatItWouldNotWrite(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test func aTicketIsReadBackAndEveryChangedBitIsNoticed() throws {
        let ticket = Ticket(kind: .task, subject: Identifier(high: 1, low: 2), key: Identifier(high: 3, low: 4), expiry: 1_800_000_000)
        let text = ticket.text(secret: Self.secret)
        #expect(Ticket(text, secret: Self.secret) == ticket)
        #expect(Ticket(text, secret: [UInt8](repeating: 8, count: 32)) == nil)
        let bytes = try #require(Base64URL.decode(text))
        for bit in 0..<bytes.count * 8 {
            var forged = bytes
            forged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(Ticket(Base64URL.encode(forged), secret: Self.secret) == nil)
        }
        for length in 0..<text.count { #expect(Ticket(text.prefix(length), secret: Self.secret) == nil) }
    }

    @Test func keysAreKnownByTheirDigestAndForgottenWhenRevoked() async throws {
        let store = InMemoryStore()
        let ring = try await KeyRing(store: store)
        var random = SystemRandomNumberGenerator()
        let key = AccessKey(random: &random)
        let now = Timestamp(microseconds: 1_000_000)
        let record = AccessKeyRecord(
            id: Identifier(high: 1, low: 1), name: "a", role: .editor, digest: key.digest, hint: key.hint, projects: nil, createdAt: now,
            expiresAt: now.advanced(bySeconds: 10))
        try await ring.add(record)
        #expect(ring.authenticate(key, at: now) == record)
        #expect(ring.authenticate(AccessKey(random: &random), at: now) == nil)
        #expect(ring.authenticate(key, at: now.advanced(bySeconds: 10)) == nil, "it has expired")
        #expect(try await KeyRing(store: store).authenticate(key, at: now) == record, "it is stored")
        #expect(try await ring.revoke(record.id))
        #expect(ring.authenticate(key, at: now) == nil)
        #expect(try await ring.revoke(record.id) == false)
    }

    @Test(arguments: ["Bearer K", "bearer K", "Token K", "K"])
    func aKeyMayBeSentInThreeWays(form: String) {
        var random = SystemRandomNumberGenerator()
        let key = AccessKey(random: &random)
        #expect(Authenticator.key(in: form.replacing("K", with: key.text))?.text == key.text)
        #expect(Authenticator.key(in: "Basic \(key.text)") == nil)
        #expect(Authenticator.key(in: "Bearer x") == nil)
    }

    @Test func consoleCodesWorkOnce() {
        let codes = ConsoleCodes()
        let now = Timestamp(microseconds: 0)
        let code = codes.make(for: .anybody, at: now)
        #expect(codes.redeem("x", at: now) == nil)
        #expect(codes.redeem(code, at: now) == .anybody)
        #expect(codes.redeem(code, at: now) == nil)
        let late = codes.make(for: .anybody, at: now)
        #expect(codes.redeem(late, at: now.advanced(bySeconds: ConsoleCodes.lifetime)) == nil)
    }
}

@Suite struct StreamRequestTests {
    static let task = Identifier(high: 10, low: 20)
    static let other = Identifier(high: 10, low: 21)

    static func authenticator(isOpen: Bool) async throws -> Authenticator {
        Authenticator(
            keys: try await KeyRing(store: InMemoryStore()), secret: SecurityTests.secret, isOpen: isOpen, ticketLifetime: 60,
            now: { Timestamp(microseconds: 1_000_000_000) })
    }

    static func head(_ query: String = "", fields: HTTPFields = [:]) -> HTTPRequest {
        HTTPRequest(method: .get, scheme: "http", authority: "x", path: "/api/v1/tasks/\(task)/stream\(query)", headerFields: fields)
    }

    @Test(arguments: ["last_event_id", "lastEventId", "lastEventID"])
    func theCursorMayStandInTheQuery(name: String) async throws {
        let authenticator = try await Self.authenticator(isOpen: true)
        #expect(try StreamRequest(Self.head("?\(name)=3-4"), authenticator: authenticator).cursor == EventID(epoch: 3, version: 4))
        let header = try #require(HTTPField.Name("Last-Event-ID"))
        #expect(
            try StreamRequest(Self.head("?\(name)=3-4", fields: [header: "5-6"]), authenticator: authenticator).cursor
                == EventID(epoch: 5, version: 6))
        #expect(try StreamRequest(Self.head("?\(name)=garbage"), authenticator: authenticator).cursor == nil)
    }

    @Test func ticketsOpenWhatTheyAreFor() async throws {
        let store = InMemoryStore()
        let key = AccessKeyRecord(
            id: Identifier(high: 5, low: 5), name: "a", role: .viewer, digest: [1], hint: "", projects: nil,
            createdAt: Timestamp(microseconds: 0), expiresAt: nil)
        try await store.addAccessKey(key)
        let authenticator = Authenticator(
            keys: try await KeyRing(store: store), secret: SecurityTests.secret, isOpen: false, ticketLifetime: 60,
            now: { Timestamp(microseconds: 1_000_000_000) })
        let principal = Principal(key)
        func status(_ ticket: String, of authenticator: Authenticator) -> Int? {
            do {
                _ = try StreamRequest(Self.head("?ticket=\(ticket)"), authenticator: authenticator)
                return nil
            } catch {
                return error.status.code
            }
        }
        let good = authenticator.ticket(.task, for: Self.task, principal: principal).text
        #expect(status(good, of: authenticator) == nil)
        #expect(status(authenticator.ticket(.task, for: Self.other, principal: principal).text, of: authenticator) == 403)
        #expect(status("garbage", of: authenticator) == 401)
        let old = Ticket(kind: .task, subject: Self.task, key: key.id, expiry: 1000).text(secret: SecurityTests.secret)
        #expect(status(old, of: authenticator) == 401, "it has expired")
        #expect(status(authenticator.session(for: principal), of: authenticator) == 401, "a session is no ticket")
        let unasked = Ticket(kind: .task, subject: Self.task, key: Ticket.noKey, expiry: 2000).text(secret: SecurityTests.secret)
        #expect(status(unasked, of: authenticator) == 401, "made while nobody was asked")
        let project = try StreamRequest(
            Self.head("?ticket=\(authenticator.ticket(.project, for: Self.other, principal: principal).text)"), authenticator: authenticator
        )
        #expect(project.permits(Self.other) && !project.permits(Self.task))
        _ = try await authenticator.keys.revoke(key.id)
        #expect(status(good, of: authenticator) == 401, "it dies with its key")
        #expect(status("garbage", of: try await Self.authenticator(isOpen: true)) == nil, "where nothing is asked for, nothing is refused")
    }
}
