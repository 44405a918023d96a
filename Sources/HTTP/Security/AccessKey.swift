package import Knowledge
package import Persistence

/// An API key in the clear: it exists when it is made and when a client sends it, and is never stored or logged.
package struct AccessKey: Sendable {
    package static let prefix = "ms_sk_"

    package let text: String

    /// Makes a key of 256 random bits.
    package init(random: inout some RandomNumberGenerator) {
        text = Self.prefix + Base64URL.encode((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) })
    }

    /// Reads what a client sent; `nil` if it can't be a key of ours.
    package init?(_ text: some StringProtocol) {
        guard text.hasPrefix(Self.prefix), text.utf8.count == Self.prefix.utf8.count + 43 else { return nil }
        self.text = String(text)
    }

    /// What is stored of it.
    package var digest: [UInt8] { Digest.sha256(text) }

    /// Its last four characters.
    package var hint: String { String(text.suffix(4)) }
}

extension AccessKeyRecord {
    /// The key as it is shown once it has been made: masked.
    package var masked: String { "\(AccessKey.prefix)…\(hint)" }

    package func isExpired(at now: Timestamp) -> Bool { expiresAt.map { $0 <= now } ?? false }
}
