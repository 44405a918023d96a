import Knowledge
import NIOCore

/// How much longer one stream's connection may last.
///
/// What it decides is a pure matter of the times it is given.
struct StreamLease {
    enum Verdict: Equatable {
        case goesOn
        /// Its time is over: it ends, and the client comes back.
        case comesBack
        /// The key that opened it, or made the ticket that did, is no longer valid.
        case hasExpired
    }

    /// What part of the longest age falls to one connection: those that were opened at once don't all come back at once.
    static let shares = 0.8...1.0
    /// How much longer a ticket must be good for, so that the client can come back with it, in seconds.
    static let margin: Int64 = 60

    private let openedAt: NIODeadline
    private let share: Double

    init(openedAt: NIODeadline = .now(), share: Double = .random(in: shares)) {
        self.openedAt = openedAt
        self.share = share
    }

    /// - Parameters:
    ///   - longest: `nil` is for ever.
    ///   - clock: asked only where it matters.
    func verdict(for request: StreamRequest, at now: NIODeadline, longest: TimeAmount?, clock: @autoclosure () -> Timestamp) -> Verdict {
        if let expiry = request.principal.keyExpiresAt, expiry <= clock() { return .hasExpired }
        guard let longest, now - openedAt >= .nanoseconds(Int64(Double(longest.nanoseconds) * share)) else { return .goesOn }
        // Whoever could not come back would miss the end: the ticket was good when the stream was opened, and is asked for no more.
        if let expiry = request.ticketExpiresAt, expiry <= clock().advanced(bySeconds: Self.margin) { return .goesOn }
        return .comesBack
    }
}
