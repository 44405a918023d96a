package import Knowledge

/// What a detection of communities over a whole graph needs of a store.
package protocol CommunityStore: Sendable {
    /// All edges of a project's graph, in the order of their making, with its communities and version, as they are at one moment.
    /// - Throws: `notFound`.
    func edges(of project: ProjectNumber) async throws -> EdgeSnapshot
    /// Puts entities into the communities that a detection has found, and ends the task that wanted it; the graph's version is one more afterwards.
    /// - Throws: `notFound` (no such project), `lostRace` when the task is not processed any more as `guarding` believes, `staleGraph` when the graph is not
    ///   at the version that the regrouping was made for, `full`.
    func regroup(_ regrouping: Regrouping, in project: ProjectNumber, ending guarding: TaskGuard, as ending: TaskEnding) async throws
    /// Keeps a task as ``TaskStore/submit(_:)`` does, unless one of its type waits or runs in the project already: then returns that one.
    /// - Throws: as ``TaskStore/submit(_:)``.
    func submitUnlessUnderWay(_ submission: TaskSubmission) async throws -> TaskRecord
}
