import Actors
import HTTPTypes
import Hummingbird
import Knowledge
import Persistence

/// `/projects`, and what a project's schema is.
struct ProjectsController {
    let backend: Backend
    let streams: StreamService

    func register(_ routes: Routes) {
        routes.post("/projects", create)
        routes.get("/projects", list)
        routes.get("/projects/:id", get)
        routes.put("/projects/:id", update)
        routes.delete("/projects/:id", delete)
        routes.get("/projects/:id/schema/entities", schema { if case .entity = $0 { true } else { false } })
        routes.get("/projects/:id/schema/edges", schema { if case .edge = $0 { true } else { false } })
        routes.get("/projects/:id/schema/mappings", schema { if case .mapping = $0 { true } else { false } })
    }

    private func project(_ context: EngramRequestContext, _ principal: Principal) async throws -> ProjectRecord {
        let reference = context.coreContext.parameters.get("id") ?? ""
        return try await ProjectAccess(backend: backend, principal: principal).project(reference)
    }

    @Sendable private func create(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let principal = try context.require(.owner)
        guard principal.projects == nil else {
            throw Problem(.forbidden, "This key is restricted to some projects and can't make new ones.")
        }
        var fields = try BodyFields(try await request.json(limit: backend.bodyLimit).document)
        let name = fields.requiredText("name", most: 200)
        let description = fields.text("description", most: 10_000)
        try fields.check()
        let project = try await backend.store.createProject(
            id: backend.newIdentifier(), name: name, description: description, at: backend.time.now())
        return Response(.created, json: project.json, headers: [.location: "\(APIBase.path)/projects/\(project.id)"])
    }

    @Sendable private func list(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let principal = try context.require(.viewer)
        var query = QueryFields(request)
        let (page, slice) = query.page()
        try query.check()
        let projects = try await backend.store.projects(among: principal.projects, slice: slice)
        return Response(
            json: .object([
                .init("projects", .array(projects.elements.map(\.json))), .init("total", JSON(projects.total)), .init("page", JSON(page)),
                .init("page_size", JSON(slice.limit))
            ]))
    }

    @Sendable private func get(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        Response(json: try await project(context, context.require(.viewer)).json)
    }

    @Sendable private func update(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let old = try await project(context, context.require(.owner))
        var fields = try BodyFields(try await request.json(limit: backend.bodyLimit).document)
        let name = fields.value("name") == nil ? old.name : fields.requiredText("name", most: 200)
        let description = fields.has("description") ? fields.text("description", most: 10_000) : old.description
        try fields.check()
        return Response(
            json: try await backend.store.updateProject(id: old.id, name: name, description: description, at: backend.time.now()).json)
    }

    @Sendable private func delete(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let project = try await project(context, context.require(.owner))
        if project.isDefault { throw Problem(.conflict, "The default project can't be deleted.") }
        let isForced = request.uri.queryParameters["force"] == "true"
        try await remove(project, attempts: isForced ? 50 : 1)
        await backend.supervisor.forget(project.number)
        streams.close(tasksOf: project.id)
        return Response(status: .noContent)
    }

    /// Deletes a project, cancelling what runs before each attempt but the only one. While others keep posting to it something may always run: the
    /// attempts are limited, and so is what is cancelled before one; what only waits goes with the project.
    private func remove(_ project: ProjectRecord, attempts: Int) async throws {
        for attempt in 1...attempts {
            if attempts > 1 {
                for status in [TaskStatus.pending, .processing] {
                    let tasks = try await backend.store.tasks(
                        TaskQuery(projects: [project.number], status: status), slice: Slice(limit: 500))
                    for task in tasks { _ = try await backend.supervisor.cancel(task.id) }
                }
            }
            do {
                return try await backend.store.deleteProject(id: project.id)
            } catch let error as StoreError where error.code == .projectIsBusy {
                guard attempt == attempts else { continue }
                throw Problem(
                    .conflict,
                    attempts > 1
                        ? "New tasks keep starting in this project. Stop whoever posts to it and try again."
                        : "The project has running tasks. Wait for them, or delete it with ?force=true, which cancels them.")
            }
        }
    }

    private func schema(_ isWanted: @escaping @Sendable (SchemaRecord.Element) -> Bool) -> Routes.Handler {
        { [self] request, context in
            let project = try await project(context, context.require(.viewer))
            let elements = try await backend.store.schema(of: project.number).filter { isWanted($0.element) }
            return Response(json: .array(elements.map(\.json)))
        }
    }
}
