package import HTTPTypes
package import Knowledge
import Persistence

/// Finds out on whose behalf a request is made, and writes the tickets and cookies by which later ones are known.
package struct Authenticator: Sendable {
    package static let cookieName = "engram_session"
    package static let sessionLifetime: Int64 = 30 * 24 * 3600

    package let keys: KeyRing
    /// Signs tickets and sessions; 32 random bytes that outlive the process.
    private let secret: [UInt8]
    /// Whether requests without a key are let in, as owners.
    package let isOpen: Bool
    /// In seconds.
    package let ticketLifetime: Int64
    private let now: @Sendable () -> Timestamp

    package init(keys: KeyRing, secret: [UInt8], isOpen: Bool, ticketLifetime: Int64, now: @escaping @Sendable () -> Timestamp) {
        self.keys = keys
        self.secret = secret
        self.isOpen = isOpen
        self.ticketLifetime = ticketLifetime
        self.now = now
    }

    /// The principal of a request's header or cookie; `nil` when it brings none that is valid.
    package func principal(of head: HTTPRequest) -> Principal? {
        if let authorization = head.headerFields[.authorization] {
            if let key = Self.key(in: authorization), let record = keys.authenticate(key, at: now()) { return Principal(record) }
        } else if let cookie = head.headerFields[.cookie], let ticket = session(in: cookie) {
            if ticket.key == Ticket.noKey { return isOpen ? .anybody : nil }
            if let record = keys.valid(ticket.key, at: now()) { return Principal(record) }
        }
        return isOpen ? .anybody : nil
    }

    /// A key as a client may send it: `Bearer KEY`, `Token KEY` or bare.
    static func key(in authorization: String) -> AccessKey? {
        let words = authorization.split(separator: " ", omittingEmptySubsequences: true)
        switch words.count {
        case 1: return AccessKey(words[0])
        case 2 where ["bearer", "token"].contains(words[0].lowercased()): return AccessKey(words[1])
        default: return nil
        }
    }

    private func session(in cookies: String) -> Ticket? {
        for pair in cookies.split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0].drop(while: { $0 == " " }) == Self.cookieName else { continue }
            if let ticket = Ticket(parts[1], secret: secret), ticket.kind == .session,
                ticket.isCurrent(at: seconds, lifetime: Self.sessionLifetime)
            {
                return ticket
            }
        }
        return nil
    }

    private var seconds: Int64 { now().microseconds / 1_000_000 }

    /// The value of a session cookie for a key.
    package func session(for principal: Principal) -> String {
        let key = principal.keyID ?? Ticket.noKey
        return Ticket(kind: .session, subject: key, key: key, expiry: seconds + Self.sessionLifetime).text(secret: secret)
    }

    package func ticket(_ kind: Ticket.Kind, for subject: Identifier, principal: Principal) -> (text: String, expiresAt: Timestamp) {
        let expiry = seconds + ticketLifetime
        let ticket = Ticket(kind: kind, subject: subject, key: principal.keyID ?? Ticket.noKey, expiry: expiry)
        return (ticket.text(secret: secret), Timestamp(microseconds: expiry * 1_000_000))
    }

    /// What a ticket is worth: its signature, age and key are checked, its subject is the caller's to check.
    package func verified(_ text: some StringProtocol) -> (ticket: Ticket, principal: Principal)? {
        guard let ticket = Ticket(text, secret: secret), ticket.kind != .session, ticket.isCurrent(at: seconds, lifetime: ticketLifetime)
        else { return nil }
        if ticket.key == Ticket.noKey { return isOpen ? (ticket, .anybody) : nil }
        guard let key = keys.valid(ticket.key, at: now()) else { return nil }
        return (ticket, Principal(key))
    }
}
