import Knowledge
import Persistence
import Synchronization

extension FaultyStore {
    func edges(of project: ProjectNumber) async throws -> EdgeSnapshot { try await base.edges(of: project) }
    func regroup(_ regrouping: Regrouping, in project: ProjectNumber, ending guarding: TaskGuard, as ending: TaskEnding) async throws {
        try await beforeRegrouping(base, regroupings.add(1, ordering: .relaxed).newValue)
        try await base.regroup(regrouping, in: project, ending: guarding, as: ending)
    }
    func submitUnlessUnderWay(_ submission: TaskSubmission) async throws -> TaskRecord { try await base.submitUnlessUnderWay(submission) }
}
