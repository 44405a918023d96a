package import Knowledge

/// A signed, expiring token: what opens a stream without a header, and what a session cookie holds.
///
/// Its bytes: kind, subject (16), key (16), expiry in seconds (8), HMAC-SHA-256 over these (32), in base 64 for URLs. It
/// lives as long as the secret and the key that made it. Its text is a secret, and stands in no log and no error.
package struct Ticket: Sendable, Equatable {
    package enum Kind: UInt8, Sendable {
        case task = 1
        case project = 2
        /// A session of the console; the subject is the key.
        case session = 3
    }

    package var kind: Kind
    package var subject: Identifier
    /// The access key that made it; all zeros on a server without authentication.
    package var key: Identifier
    /// Unix time in seconds.
    package var expiry: Int64

    package init(kind: Kind, subject: Identifier, key: Identifier, expiry: Int64) {
        self.kind = kind
        self.subject = subject
        self.key = key
        self.expiry = expiry
    }

    /// Stands for the key where none is asked for.
    package static let noKey = Identifier(high: 0, low: 0)

    /// How far the clock may have been set back since a ticket was made, in seconds.
    package static let clockSkew: Int64 = 300

    package func text(secret: [UInt8]) -> String {
        Base64URL.encode(payload + Digest.hmac(payload, key: secret))
    }

    /// Reads and verifies a ticket; the signature is compared in constant time, and before anything that it signs is looked at. Says nothing
    /// about its expiry or key.
    package init?(_ text: some StringProtocol, secret: [UInt8]) {
        guard text.utf8.count == 98, let bytes = Base64URL.decode(text), bytes.count == 73,
            Digest.areEqual(Array(bytes[41...]), Digest.hmac(Array(bytes[..<41]), key: secret)), let kind = Kind(rawValue: bytes[0])
        else { return nil }
        func word(_ start: Int) -> UInt64 { bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(
            kind: kind, subject: Identifier(high: word(1), low: word(9)), key: Identifier(high: word(17), low: word(25)),
            expiry: Int64(bitPattern: word(33)))
    }

    /// Whether it has not run out.
    ///
    /// An expiry further ahead than any that is given now is refused, too: the clock was wrong when it was given, or tickets are to be good for
    /// less by now. What was given right before the clock was set back by some minutes is still good. A clock that was set ahead only makes
    /// tickets end early.
    /// - Parameters:
    ///   - seconds: Unix time.
    ///   - lifetime: what tickets of this kind are given now, in seconds.
    package func isCurrent(at seconds: Int64, lifetime: Int64) -> Bool {
        expiry > seconds && expiry <= seconds + lifetime + Self.clockSkew
    }

    private var payload: [UInt8] {
        var bytes = [kind.rawValue]
        for word in [subject.high, subject.low, key.high, key.low, UInt64(bitPattern: expiry)] {
            for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift))) }
        }
        return bytes
    }
}
