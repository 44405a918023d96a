import Actors
import HTTPTypes
import Hummingbird
import Knowledge
import Persistence

/// `/communities/rebuild`.
struct RebuildController {
    let backend: Backend

    func register(_ routes: Routes) {
        routes.post("/communities/rebuild", rebuild)
    }

    /// One that waits or runs already does for everybody who asks.
    @Sendable private func rebuild(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let principal = try context.require(.editor)
        let reference = QueryFields(request).text("project_id") ?? "default"
        let project = try await ProjectAccess(backend: backend, principal: principal).project(reference)
        let submission = TaskSubmission(
            id: backend.newIdentifier(), type: .rebuildCommunities, project: project.number, at: backend.time.now())
        let task = try await backend.store.submitUnlessUnderWay(submission)
        let isNew = task.id == submission.id
        if isNew { backend.supervisor.accepted(Lane(project: task.project, priority: task.priority)) }
        return Response(
            .accepted,
            json: [
                "status": "submitted",
                "message": isNew ? "The communities of the project are being rebuilt." : "A rebuild of this project is under way already.",
                "task_id": JSON(task.id), "task_url": .string("\(APIBase.path)/tasks/\(task.id)"),
                "stream_url": .string(backend.streamURL(of: task.id, for: principal))
            ])
    }
}
