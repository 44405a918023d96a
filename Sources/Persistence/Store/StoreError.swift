/// Why a store did not do what it was asked.
package struct StoreError: Error, Sendable, CustomStringConvertible {
    package enum Code: Sendable, Equatable {
        /// What was named does not exist (any more).
        case notFound
        /// The task has left the state that the caller believed it in; somebody else was faster.
        case lostRace
        /// The task can't be tried again.
        case notRetryable
        /// The graph is at another version than the delta was made for.
        case staleGraph
        /// The idempotency key was used with another body.
        case idempotencyMismatch
        /// The memory is at another version than the caller believes.
        case staleVersion
        /// The project has tasks that are being processed.
        case projectIsBusy
        /// The default project can't be deleted.
        case projectIsDefault
        /// The disk is full.
        case full
        /// Reading or writing failed; the cause says how.
        case unavailable
        /// What is stored can't be read: it is damaged, and to wait does not mend it.
        case unreadable
        /// The store is closed, or a newer process has taken it over.
        case closed
        /// The data can't be opened: in use, read-only, corrupt, or written by a newer version.
        case unusable
    }

    package var code: Code
    /// One sentence for a person.
    package var message: String
    package var cause: (any Error)?

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    package var description: String { message }
}
