/// What kind of failure ended an attempt: it decides whether, when and how often another is made.
package enum FailureClass: Sendable, Equatable {
    /// Another attempt may succeed.
    case retryable
    /// Another attempt would fail as well.
    case permanent
    /// The provider takes no more requests for a while; as long as it says, if it says so.
    case rateLimited(retryAfter: Duration?)
    /// It was not done in time.
    case timedOut
    /// It reported nothing for too long.
    case silent

    /// Failures that count against the same limit.
    package enum Group: Sendable, CaseIterable {
        case retryable
        case rateLimited
        case timedOut
    }

    /// `nil`: another attempt is never made.
    package var group: Group? {
        switch self {
        case .retryable: .retryable
        case .permanent: nil
        case .rateLimited: .rateLimited
        case .timedOut, .silent: .timedOut
        }
    }
}
