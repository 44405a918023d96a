/// How long an extraction may take.
package struct Deadlines: Sendable, Equatable {
    /// In all.
    package var total: Duration = .seconds(600)
    /// Between two reports of progress.
    package var silence: Duration = .seconds(120)
    /// How long one that was cancelled may take to return before it is left to itself.
    package var grace: Duration = .seconds(5)

    package init() {}
}
