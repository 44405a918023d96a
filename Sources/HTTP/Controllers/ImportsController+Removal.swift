import Actors
import HTTPTypes
import Hummingbird
import Knowledge
import Persistence

/// `DELETE /tasks/{id}/imported`: what an import brought goes.
extension ImportsController {
    @Sendable func remove(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let principal = try context.require(.editor)
        let id = try context.identifier("id", of: "task")
        guard let task = try await backend.store.task(id: id), principal.canSee(task.projectID) else { throw Problem.notFound("task", id) }
        guard task.type == .importMemories else {
            throw Problem(.notFound, "The task \(id) is no import: it has brought nothing of its own.")
        }
        guard task.status.isTerminal else {
            throw Problem(.conflict, "The import is not over. Wait for its end, or cancel it first.")
        }
        let removal = if let running = try await underWay(for: task) { running } else { try await submit(for: task) }
        return Response(
            .accepted,
            json: [
                "task_id": JSON(removal.id), "stream_url": .string(backend.streamURL(of: removal.id, for: principal)),
                "message": "The memories that the import made are being removed."
            ])
    }

    /// A removal that has not ended: another one would find nothing to do.
    private func underWay(for task: TaskRecord) async throws -> TaskRecord? {
        for status in [TaskStatus.processing, .pending] {
            let query = TaskQuery(projects: [task.project], status: status, type: .removeImported, parent: task.id)
            if let found = try await backend.store.tasks(query, slice: Slice(limit: 1)).first { return found }
        }
        return nil
    }

    private func submit(for task: TaskRecord) async throws -> TaskRecord {
        let removal = try await backend.store.submit(
            TaskSubmission(
                id: backend.newIdentifier(), type: .removeImported, project: task.project, parent: task.number, at: backend.time.now()))
        backend.supervisor.accepted(Lane(project: task.project, priority: .interactive))
        return removal
    }
}
