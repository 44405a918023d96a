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
        if isForced { try await cancelWatched(project.id) }
        do {
            try await backend.store.deleteProject(id: project.id, evenIfBusy: isForced, at: backend.time.now())
        } catch let error as StoreError where error.code == .projectIsBusy {
            throw Problem(.conflict, "The project has running tasks. Wait for them, or delete it with ?force=true, which cancels them.")
        }
        await backend.supervisor.forget(project.number)
        streams.close(tasksOf: project.id)
        backend.housekeeping.wake()
        return Response(status: .noContent)
    }

    /// Ends the waiting tasks of a project that somebody watches, so that they hear of it; the others simply go with the project, however many.
    private func cancelWatched(_ project: Identifier) async throws {
        for id in backend.hub.watched where backend.hub.running(id) == nil {
            guard let task = try await backend.store.task(id: id), task.projectID == project, task.status == .pending else { continue }
            do {
                _ = try await backend.supervisor.cancel(id)
            } catch let error as StoreError where error.code == .notFound {
                continue
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
