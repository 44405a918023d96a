package import Knowledge
import Synchronization

/// The single-use codes of one-click console links: a link may lie in a terminal's history, a key must not.
package final class ConsoleCodes: Sendable {
    /// How long a code can be used, in seconds.
    package static let lifetime: Int64 = 3600

    private struct Code {
        var text: [UInt8]
        var principal: Principal
        var expiresAt: Timestamp
    }

    private let codes = Mutex<[Code]>([])

    package init() {}

    package func make(for principal: Principal, at now: Timestamp) -> String {
        var random = SystemRandomNumberGenerator()
        let text = Base64URL.encode((0..<18).map { _ in UInt8.random(in: .min ... .max, using: &random) })
        codes.withLock { codes in
            codes.removeAll { $0.expiresAt <= now }
            if codes.count >= 16 { codes.removeFirst() }
            codes.append(Code(text: Array(text.utf8), principal: principal, expiresAt: now.advanced(bySeconds: Self.lifetime)))
        }
        return text
    }

    /// Whom the code stands for; it is used up.
    package func redeem(_ text: String, at now: Timestamp) -> Principal? {
        codes.withLock { codes in
            codes.removeAll { $0.expiresAt <= now }
            guard let index = codes.firstIndex(where: { Digest.areEqual($0.text, Array(text.utf8)) }) else { return nil }
            return codes.remove(at: index).principal
        }
    }
}
