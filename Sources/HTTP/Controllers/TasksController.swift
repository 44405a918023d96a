import Actors
import HTTPTypes
import Hummingbird
import Knowledge
import NIOCore
import Persistence

/// `/tasks`.
struct TasksController {
    let backend: Backend
    let depths: QueueDepthHistory

    func register(_ routes: Routes) {
        routes.get("/tasks/recent", recent)
        routes.get("/tasks/stats", statistics)
        routes.get("/tasks/queues", queues)
        routes.get("/tasks/queue-depth", queueDepth)
        routes.get("/tasks/status-breakdown", breakdown)
        routes.get("/tasks/:id", get)
        routes.get("/tasks/:id/events", events)
        routes.post("/tasks/:id/cancel", cancel)
        routes.post("/tasks/:id/stop", cancel)
    }

    /// The newest state of a task that the principal may see.
    /// - Throws: 404.
    private func task(_ id: Identifier, _ principal: Principal) async throws -> TaskUpdate {
        guard let update = try await backend.task(id), principal.canSee(update.task.projectID) else { throw Problem.notFound("task", id) }
        return update
    }

    private func json(_ task: TaskRecord, _ principal: Principal) -> JSON {
        task.json(streamURL: backend.streamURL(of: task.id, for: principal))
    }

    @Sendable private func get(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let principal = try context.require(.viewer)
        let update = try await task(context.identifier("id", of: "task"), principal)
        return Response(json: update.json(streamURL: backend.streamURL(of: update.task.id, for: principal)))
    }

    @Sendable private func events(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let principal = try context.require(.viewer)
        let update = try await task(context.identifier("id", of: "task"), principal)
        let events = update.task.timeline.map { entry in
            JSON.object([
                .init("stage", .string(entry.stage)), .init("attempt", JSON(entry.attempt)), .init("started_at", JSON(entry.startedAt)),
                .init("ended_at", JSON(entry.endedAt)), .init("message", .string(entry.message)), .init("error", JSON(entry.error))
            ])
        }
        return Response(json: ["events": .array(events)])
    }

    @Sendable private func cancel(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let principal = try context.require(.editor)
        let id = try context.identifier("id", of: "task")
        _ = try await task(id, principal)
        let (task, didCancel) = try await backend.supervisor.cancel(id)
        guard didCancel else { throw Problem(.conflict, "The task has ended already: it is \(task.status.capitalisedName).") }
        return Response(json: ["message": "Task cancelled", "task": json(task, principal)])
    }

    @Sendable private func recent(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let principal = try context.require(.viewer)
        var query = QueryFields(request)
        let slice = query.slice(default: 50, most: 500)
        let status = query.status("status")
        let entity = query.identifier("entity_id")
        let parent = query.identifier("parent_task_id")
        let type = query.text("task_type").flatMap(TaskType.init(rawValue:))
        if query.text("task_type") != nil, type == nil {
            query.report("task_type", "must be one of \(TaskType.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        try query.check()
        if let type = query.text("entity_type"), type != "memory" { return Response(json: []) }
        let scope = try await ProjectAccess(backend: backend, principal: principal).scope(query.text("project_id"))
        let tasks = try await backend.store.tasks(
            TaskQuery(projects: scope, status: status, type: type, search: query.text("search"), entity: entity, parent: parent),
            slice: slice)
        let states = try await backend.queues.states(of: tasks)
        return Response(json: .array(states.map { $0.json(streamURL: backend.streamURL(of: $0.task.id, for: principal)) }))
    }

    private func counts(_ request: Request, _ principal: Principal) async throws -> TaskStatistics {
        let now = backend.time.now()
        let scope = try await ProjectAccess(backend: backend, principal: principal).scope(QueryFields(request).text("project_id"))
        return try await backend.store.statistics(since: now.advanced(bySeconds: -24 * 3600), now: now, projects: scope)
    }

    @Sendable private func statistics(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let statistics = try await counts(request, context.require(.viewer))
        func count(_ status: TaskStatus) -> Int { statistics.counts[status] ?? 0 }
        let ended = count(.completed) + count(.failed)
        let now = backend.time.now()
        var members: [JSON.Member] = [.init("total", JSON(TaskStatus.allCases.reduce(0) { $0 + count($1) }))]
        members += TaskStatus.allCases.map { .init($0.name, JSON(count($0))) }
        members += [
            .init("throughput_per_minute", JSON(statistics.completedLastMinute)),
            .init("error_rate", JSON(rounded: ended == 0 ? 0 : Double(count(.failed)) / Double(ended))),
            .init(
                "oldest_pending_seconds",
                statistics.oldestPending.map { JSON(rounded: Double(now.microseconds - $0.microseconds) / 1e6) } ?? .null)
        ]
        return Response(json: .object(members))
    }

    @Sendable private func breakdown(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let statistics = try await counts(request, context.require(.viewer))
        let order: [TaskStatus] = [.completed, .processing, .failed, .pending, .cancelled]
        return Response(json: .object(order.map { .init($0.capitalisedName, JSON(statistics.counts[$0] ?? 0)) }))
    }

    @Sendable private func queues(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let principal = try context.require(.viewer)
        let scope = try await ProjectAccess(backend: backend, principal: principal).scope(QueryFields(request).text("project_id"))
        var depths: [ProjectNumber: Int] = [:]
        for backlog in try await backend.store.backlog() where scope?.contains(backlog.lane.project) ?? true {
            depths[backlog.lane.project, default: 0] += backlog.count
        }
        let projects = try await backend.store.projects(among: principal.projects, slice: Slice(limit: Int(Int32.max))).elements
        let queues = projects.compactMap { project in
            depths[project.number].map { depth in
                JSON.object([.init("project_id", JSON(project.id)), .init("name", .string(project.name)), .init("depth", JSON(depth))])
            }
        }
        return Response(json: ["total": JSON(depths.values.reduce(0, +)), "queues": .array(queues)])
    }

    @Sendable private func queueDepth(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        // The history is that of the whole server.
        guard try context.require(.viewer).projects == nil else {
            throw Problem(.forbidden, "This key is restricted to some projects; GET /tasks/queues says how many of their tasks wait.")
        }
        let samples = try await depths.samples()
        return Response(json: .array(samples.map { ["timestamp": .string($0.time), "depth": JSON($0.depth)] }))
    }
}
