import Actors
import HTTPTypes
import Hummingbird
import Knowledge
import NIOCore
import Persistence

/// `/tasks/{id}/retry`, and the same for all of a project's tasks that failed or were cancelled.
struct RetryController {
    let backend: Backend

    func register(_ routes: Routes) {
        routes.post("/tasks/:id/retry", retry)
        routes.post("/projects/:id/tasks/retry", retryAll)
    }

    private var retrier: Retrier {
        Retrier(store: backend.store, supervisor: backend.supervisor, hub: backend.hub, time: backend.time)
    }

    @Sendable private func retry(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let principal = try context.require(.editor)
        let id = try context.identifier("id", of: "task")
        guard let found = try await backend.task(id), principal.canSee(found.task.projectID) else { throw Problem.notFound("task", id) }
        let task: TaskRecord
        do {
            task = try await retrier.retry(id)
        } catch let error as StoreError where error.code == .notRetryable {
            // What an import made is cancelled bit by bit: soon it can be retried.
            guard try await backend.store.importRecord(of: id)?.state == .cancelled else { throw error }
            throw Problem(.conflict, error.message, headers: [.retryAfter: "1"])
        }
        return Response(
            json: [
                "message": "Task queued for another attempt", "task": task.json(streamURL: backend.streamURL(of: task.id, for: principal))
            ])
    }

    @Sendable private func retryAll(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let principal = try context.require(.editor)
        let project = try await ProjectAccess(backend: backend, principal: principal)
            .project(context.coreContext.parameters.get("id") ?? "")
        let status = try await wantedStatus(request)
        let count = try await retrier.retryAll(in: project.number, status: status)
        return Response(
            json: ["message": .string("\(count) \(status.name) \(count == 1 ? "task" : "tasks") queued again"), "retried": JSON(count)])
    }

    /// The `status` of the query, else of the body, else `failed`.
    private func wantedStatus(_ request: Request) async throws -> TaskStatus {
        var query = QueryFields(request)
        var status = query.status("status")
        if status == nil, query.text("status") == nil {
            let body = try await request.body.collect(upTo: backend.bodyLimit)
            if body.readableBytes > 0 {
                var fields = try BodyFields(try Self.document(body))
                if let name = fields.text("status") {
                    status = TaskStatus.allCases.first { $0.name == name.lowercased() }
                    if status == nil { query.report("status", "must be failed or cancelled") }
                }
                try fields.check()
            }
        }
        if let status, status != .failed, status != .cancelled { query.report("status", "must be failed or cancelled") }
        try query.check()
        return status ?? .failed
    }

    private static func document(_ body: ByteBuffer) throws -> JSON {
        do {
            return try body.withUnsafeReadableBytes { bytes throws(JSONSyntaxError) in try JSON.parse(bytes) }
        } catch {
            throw Problem(.badRequest, "The body is not valid JSON: \(error).")
        }
    }
}
