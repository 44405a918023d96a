import Knowledge
import Persistence
import Testing

@testable import Actors

@Suite(.timeLimit(.minutes(1))) struct ImportRemovalTests {
    @Test func theRemovalOfAnImportThatIsForgottenFails() async throws {
        let engine = Engine()
        let project = try await engine.store.defaultProject()
        let id = engine.store.numbering.identifier()
        // As retention leaves it: the number of a task that is gone.
        _ = try await engine.store.submit(
            TaskSubmission(
                id: id, type: .removeImported, project: project.number, parent: TaskNumber(4711), at: TimeSource.system.now()))
        try await engine.run {
            engine.supervisor.accepted(Lane(project: project.number, priority: .interactive))
            let last = try #require(try await engine.transcript(of: id).last?.task)
            #expect(last.status == .failed && last.error?.contains("import") == true && last.attempt == 1)
        }
    }
}
