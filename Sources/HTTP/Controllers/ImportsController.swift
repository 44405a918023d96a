import Actors
import HTTPTypes
import Hummingbird
import Knowledge
import NIOCore
import Persistence

/// `/projects/{id}/imports`: many memories in one body, in one step or two; and what could not be accepted of them.
struct ImportsController {
    let backend: Backend

    private static let lineTypes = ["application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"]

    func register(_ routes: Routes) {
        routes.post("/projects/:id/imports", create)
        routes.put("/projects/:id/imports/:task", upload)
        routes.get("/projects/:id/imports/:task", get)
        routes.get("/tasks/:id/rejected", rejected)
        routes.delete("/tasks/:id/imported", remove)
    }

    private func project(_ context: EngramRequestContext, _ principal: Principal) async throws -> ProjectRecord {
        try await ProjectAccess(backend: backend, principal: principal).project(context.coreContext.parameters.get("id") ?? "")
    }

    /// Lines are taken at once; a JSON document makes an import whose lines follow.
    @Sendable private func create(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let principal = try context.require(.editor)
        let project = try await project(context, principal)
        let media = Self.media(of: request)
        if media == "application/json" || media.hasSuffix("+json") {
            let (document, bytes) = try await request.json(limit: backend.bodyLimit)
            var fields = try BodyFields(document)
            let name = fields.text("name", most: 500)
            try fields.check()
            let submission = ImportSubmission(
                id: backend.newIdentifier(), project: project.number, name: name, isResumable: true, at: backend.time.now(),
                idempotency: try request.idempotency(of: principal, body: bytes))
            let record = try await backend.supervisor.imports.begin(submission)
            return Response(
                .created, json: .object(links(record, principal) + [.init("message", "Send the lines to upload_url.")]),
                headers: record.task.id == submission.id ? [:] : Request.replayedHeaders)
        }
        try Self.checkIsLines(media)
        _ = try Self.priority(of: request)
        // What the body is shows only at its end: the import itself compares it. So one with a key can go on after a cut.
        let idempotency = try request.idempotency(of: principal, body: ByteBuffer(string: Self.lineTypes[0]))
        let submission = ImportSubmission(
            id: backend.newIdentifier(), project: project.number, isResumable: idempotency != nil, totalBytes: Self.length(of: request),
            at: backend.time.now(), idempotency: idempotency)
        let begun = try await backend.supervisor.imports.begin(submission)
        return try await uploading(begun.task.id) {
            guard begun.task.id != submission.id else { return try await take(request, begun, project, principal) }
            // It may have moved since.
            let record = try await backend.store.importRecord(of: begun.task.id) ?? begun
            var response = try await take(request, record, project, principal)
            if record.state != .open { response.headers.append(contentsOf: Request.replayedHeaders) }
            return response
        }
    }

    /// The import that a path names.
    /// - Throws: 404.
    private func record(_ context: EngramRequestContext, _ project: ProjectRecord) async throws -> ImportRecord {
        let id = try context.identifier("task", of: "import")
        guard let record = try await backend.store.importRecord(of: id), record.task.project == project.number else {
            throw Problem.notFound("import", id)
        }
        return record
    }

    @Sendable private func get(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let principal = try context.require(.viewer)
        let record = try await record(context, try await project(context, principal))
        return Response(
            json: .object(
                links(record, principal) + [
                    .init("name", JSON(record.name)), .init("state", .string(Self.name(of: record.state))),
                    .init("status", .string(record.task.status.capitalisedName))
                ] + Self.taken(record) + counts(record) + Self.endings(record)))
    }

    /// Goes on where an earlier upload of the same file stopped.
    @Sendable private func upload(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let principal = try context.require(.editor)
        let project = try await project(context, principal)
        let id = try await record(context, project).task.id
        try Self.checkIsLines(Self.media(of: request))
        return try await uploading(id) { try await take(request, record(context, project), project, principal) }
    }

    /// Does what nobody else may do with the import meanwhile.
    /// - Throws: 409 when somebody does.
    private func uploading(_ id: Identifier, _ work: () async throws -> Response) async throws -> Response {
        guard await backend.supervisor.imports.beginUpload(of: id) else {
            throw Problem(
                .conflict, "Another upload of this import is under way. Wait for its end and send the file again if it was cut off.",
                headers: [.retryAfter: "1"])
        }
        do {
            let response = try await work()
            await backend.supervisor.imports.endUpload(of: id)
            return response
        } catch {
            await backend.supervisor.imports.endUpload(of: id)
            throw error
        }
    }

    private func take(_ request: Request, _ record: ImportRecord, _ project: ProjectRecord, _ principal: Principal) async throws -> Response
    {
        let parser = LineParser(
            project: project, authorID: principal.authorID, priority: try Self.priority(of: request), limit: backend.bodyLimit,
            backend: backend)
        let upload = ImportUpload(backend: backend, record: record, parser: parser, totalBytes: Self.length(of: request))
        let imports = backend.supervisor.imports
        do {
            guard record.state == .open else { return try await repeated(upload, request, principal) }
            return answer(try await upload.run(request.body), principal)
        } catch ImportUpload.Failure.closed {
            throw Problem(.conflict, "The import was ended while its file was on the way; no more of it is taken.")
        } catch ImportUpload.Failure.otherFile {
            throw Self.conflict(record, "these are others. Send the same file again")
        } catch ImportUpload.Failure.shorterFile {
            throw Self.conflict(record, "this body is shorter. Send the same file again, all of it")
        } catch {
            if !record.isResumable { await imports.close(record.task.id, because: Self.reason(error)) }
            guard case ImportUpload.Failure.cutOff = error else { throw error }
            throw Problem(
                .badRequest,
                "The body was cut off, or is not valid HTTP. What came before is kept."
                    + (record.isResumable ? " Send the same again to go on." : ""), headers: [.connection: "close"])
        }
    }

    private static func conflict(_ record: ImportRecord, _ found: String) -> Problem {
        Problem(
            .conflict, "The first \(record.mark.bytes) bytes of this import have been taken in, and \(found), or begin a new import.")
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case ImportUpload.Failure.cutOff: "the connection ended"
        case let error as StoreError: "the store could not take more (\(error.message))"
        default: "of an error"
        }
    }

    /// The answer to a file that has been taken in already, if it is the same.
    private func repeated(_ upload: ImportUpload, _ request: Request, _ principal: Principal) async throws -> Response {
        let record = upload.record
        let newOne = "Begin a new one, under another Idempotency-Key if there was one"
        guard record.isResumable, record.fault == nil else {
            throw Problem(
                .conflict,
                "The import was over before its file was complete, and takes no more lines, retried or not. \(newOne): lines whose "
                    + "external_id is known are not stored twice.")
        }
        guard record.task.status != .cancelled, try await upload.isRepeated(request.body) else {
            throw Problem(.conflict, "The import takes no more lines. \(newOne).")
        }
        return answer(record, principal)
    }

    private func answer(_ record: ImportRecord, _ principal: Principal) -> Response {
        let counts = record.counts
        let taken = counts.memories - counts.rejected
        let message =
            "\(taken.grouped) \(taken == 1 ? "memory" : "memories") taken in from \(record.mark.lines.grouped) "
            + (record.mark.lines == 1 ? "line" : "lines")
            + (counts.rejected > 0 ? "; \(counts.rejected.grouped) rejected, GET /tasks/\(record.task.id)/rejected says why" : "")
        return Response(
            .accepted,
            json: .object(links(record, principal) + Self.taken(record) + self.counts(record) + [.init("message", .string(message))]))
    }

    private func links(_ record: ImportRecord, _ principal: Principal) -> [JSON.Member] {
        var members: [JSON.Member] = [
            .init("task_id", JSON(record.task.id)), .init("stream_url", .string(backend.streamURL(of: record.task.id, for: principal)))
        ]
        if record.isResumable {
            members.append(
                .init("upload_url", .string("\(APIBase.path)/projects/\(record.task.projectID)/imports/\(record.task.id)")))
        }
        return members
    }

    private func counts(_ record: ImportRecord) -> [JSON.Member] {
        [
            .init("accepted", JSON(record.counts.accepted)), .init("revised", JSON(record.counts.revised)),
            .init("retried", JSON(record.counts.retried)), .init("unchanged", JSON(record.counts.unchanged)),
            .init("rejected", JSON(record.counts.rejected))
        ]
    }

    private static func name(of state: ImportRecord.State) -> String {
        switch state {
        case .open: "open"
        case .closed: "closed"
        case .cancelled: "cancelled"
        case .ended: "ended"
        }
    }

    @Sendable private func rejected(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let principal = try context.require(.viewer)
        let id = try context.identifier("id", of: "task")
        guard let task = try await backend.store.task(id: id), principal.canSee(task.projectID) else { throw Problem.notFound("task", id) }
        guard task.type == .importMemories else { throw Problem(.notFound, "The task \(id) is no import: nothing can have been rejected.") }
        let body = ResponseBody { [store = backend.store] writer in
            var line = 0
            while case let page = try await store.rejectedLines(of: task.number, after: line, limit: 500), let last = page.last {
                var buffer = ByteBuffer()
                for rejected in page {
                    let document = JSON.object([
                        .init("line", JSON(rejected.line)), .init("error", .string(rejected.error)),
                        .init("content", JSON(rejected.content))
                    ])
                    buffer.writeBytes(document.utf8)
                    buffer.writeInteger(UInt8(ascii: "\n"))
                }
                try await writer.write(buffer)
                line = last.line
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: "application/x-ndjson"], body: body)
    }

    private static func media(of request: Request) -> String {
        (request.headers[.contentType] ?? "").prefix { $0 != ";" }.lowercased().filter { $0 != " " }
    }

    private static func length(of request: Request) -> Int? { request.headers[.contentLength].flatMap { Int($0) } }

    /// What `?priority=` says of memories whose line does not.
    /// - Throws: 422.
    private static func priority(of request: Request) throws(Problem) -> TaskPriority {
        switch QueryFields(request).text("priority") {
        case nil, "bulk": return .bulk
        case "interactive": return .interactive
        default: throw Problem(fields: [.init(name: "priority", message: "must be interactive or bulk")])
        }
    }

    /// - Throws: 415.
    private static func checkIsLines(_ media: String) throws(Problem) {
        guard lineTypes.contains(media) else {
            throw Problem(
                .unsupportedMediaType,
                "The body must be application/x-ndjson, one memory per line\(media.isEmpty ? "" : ", not \(media.prefix(100))").")
        }
    }
}
