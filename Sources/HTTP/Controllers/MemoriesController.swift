import Actors
import HTTPTypes
import Hummingbird
import Knowledge
import NIOCore
import Persistence

/// `/memories`, and `/episodes`, which is the same under the older name.
struct MemoriesController {
    let backend: Backend

    func register(_ routes: Routes) {
        routes.post("/memories", create)
        routes.get("/memories", list)
        routes.get("/memories/:id", get)
        routes.patch("/memories/:id", patch)
        routes.delete("/memories/:id", delete)
        routes.post("/episodes", createEpisode)
        routes.get("/episodes", listEpisodes)
    }

    @Sendable private func create(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let principal = try context.require(.editor)
        let (document, bytes) = try await request.json(limit: backend.bodyLimit)
        let draft = try MemoryDraft(document)
        let project = try await ProjectAccess(backend: backend, principal: principal).project(draft.project)
        let submission = Submission(
            memoryID: backend.newIdentifier(), taskID: backend.newIdentifier(), project: project.number, episode: draft.episode,
            tags: draft.tags, collaborators: draft.collaborators, isPublic: draft.isPublic, metadata: draft.metadata,
            externalID: draft.externalID, contentHash: draft.contentHash,
            authorID: principal.authorID, priority: draft.priority, at: backend.time.now())
        let answer = Self.answer(record(of: submission, in: project).json, .created)
        return try await accept(submission, answer: answer, status: .created, body: bytes, request, principal)
    }

    @Sendable private func createEpisode(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let principal = try context.require(.editor)
        let (document, bytes) = try await request.json(limit: backend.bodyLimit)
        let draft = try EpisodeDraft(document)
        let project = try await project(of: draft, principal)
        let submission = Submission(
            memoryID: backend.newIdentifier(), taskID: backend.newIdentifier(), project: project.number,
            episode: Episode(title: draft.name, content: draft.content, contentType: draft.contentType), metadata: draft.metadata,
            authorID: principal.authorID, source: draft.source, at: backend.time.now())
        let answer: JSON = .object([
            .init("id", JSON(submission.memoryID)), .init("name", JSON(draft.name)), .init("content", .string(draft.content)),
            .init("status", "queued"), .init("created_at", JSON(submission.at)),
            .init("message", "Episode accepted; follow its ingestion at stream_url."), .init("project_id", JSON(project.id)),
            .init("task_id", JSON(submission.taskID)), Outcome.created.member
        ])
        return try await accept(submission, answer: answer, status: .accepted, body: bytes, request, principal)
    }

    /// A `group_id` may be any text: the project of that id or name, made if need be.
    private func project(of draft: EpisodeDraft, _ principal: Principal) async throws -> ProjectRecord {
        let access = ProjectAccess(backend: backend, principal: principal)
        do {
            return try await access.project(draft.group)
        } catch let problem where draft.makesGroup && problem is Problem {
            if let ids = principal.projects {
                let own = try await backend.store.projects(among: ids, slice: Slice(limit: max(1, ids.count))).elements
                guard let named = own.first(where: { $0.name == draft.group }) else { throw problem }
                return named
            }
            return try await backend.store.project(named: draft.group, orCreateWith: backend.newIdentifier(), at: backend.time.now())
        }
    }

    private func accept(
        _ submission: Submission, answer: JSON, status: HTTPResponse.Status, body: ByteBuffer, _ request: Request, _ principal: Principal
    ) async throws -> Response {
        var submission = submission
        submission.idempotency = try request.idempotency(
            of: principal, body: body, answer: answer.utf8, revisionAnswer: { Self.answer($0.json, .revised).utf8 })
        switch try await backend.store.accept(submission) {
        case .created:
            backend.supervisor.accepted(Lane(project: submission.project, priority: submission.priority))
            return respond(status, answer, task: submission.taskID, principal)
        case .replayed(let bytes, let task):
            let answer = try bytes.withUnsafeBytes { bytes throws(JSONSyntaxError) in try JSON.parse(bytes) }
            // A revision was answered with 200.
            let status = answer["outcome"] == Outcome.revised.member.value ? .ok : status
            return respond(status, answer, task: task, principal, headers: Request.replayedHeaders)
        case .existing(let memory):
            return respond(.ok, live(memory).json, outcome: .unchanged, task: memory.taskID, principal, headers: eTag(of: memory))
        case .revised(let revision):
            let memory = revision.memory
            await backend.supervisor.revised(revision, priority: submission.priority)
            return respond(.ok, memory.json, outcome: .revised, task: memory.taskID, principal, headers: eTag(of: memory))
        }
    }

    private static func answer(_ memory: JSON, _ outcome: Outcome) -> JSON { .object((memory.members ?? []) + [outcome.member]) }

    func eTag(of memory: MemoryRecord) -> HTTPFields { [.eTag: EntityTag.text(memory.version)] }

    func respond(
        _ status: HTTPResponse.Status, _ memory: JSON, outcome: Outcome, task: Identifier, _ principal: Principal, headers: HTTPFields
    ) -> Response {
        respond(status, Self.answer(memory, outcome), task: task, principal, headers: headers)
    }

    private func respond(
        _ status: HTTPResponse.Status, _ answer: JSON, task: Identifier, _ principal: Principal, headers: HTTPFields = [:]
    ) -> Response {
        let streamURL = JSON.Member("stream_url", .string(backend.streamURL(of: task, for: principal)))
        return Response(status, json: .object((answer.members ?? []) + [streamURL]), headers: headers)
    }

    /// What will be stored, before it is.
    private func record(of submission: Submission, in project: ProjectRecord) -> MemoryRecord {
        MemoryRecord(
            number: MemoryNumber(0), id: submission.memoryID, project: project.number, projectID: project.id, episode: submission.episode,
            tags: submission.tags, collaborators: submission.collaborators, isPublic: submission.isPublic, metadata: submission.metadata,
            externalID: submission.externalID, authorID: submission.authorID, version: 1, source: submission.source,
            taskID: submission.taskID,
            taskStatus: .pending, taskProgress: 0, createdAt: submission.at, updatedAt: submission.at)
    }

    @Sendable private func list(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let principal = try context.require(.viewer)
        var query = QueryFields(request)
        let (page, slice) = query.page()
        let status = query.status("processing_status")
        try query.check()
        let scope = try await ProjectAccess(backend: backend, principal: principal).scope(query.text("project_id"))
        let memories = try await backend.store.memories(
            MemoryQuery(projects: scope, search: query.text("search"), status: status, tag: query.text("tag")), slice: slice)
        return Response(
            json: .object([
                .init("memories", .array(memories.elements.map { live($0).json })), .init("total", JSON(memories.total)),
                .init("page", JSON(page)),
                .init("page_size", JSON(slice.limit))
            ]))
    }

    @Sendable private func listEpisodes(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let principal = try context.require(.viewer)
        var query = QueryFields(request)
        let slice = query.slice(default: 50, most: 200)
        try query.check()
        let scope = try await ProjectAccess(backend: backend, principal: principal).scope(query.text("project_id"))
        let memories = try await backend.store.memories(MemoryQuery(projects: scope), slice: slice)
        return Response(
            json: .object([
                .init("episodes", .array(memories.elements.map { live($0).episodeJSON })), .init("total", JSON(memories.total)),
                .init("limit", JSON(slice.limit)), .init("offset", JSON(slice.offset)),
                .init("has_more", .bool(slice.offset + memories.elements.count < memories.total))
            ]))
    }

    @Sendable private func get(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let principal = try context.require(.viewer)
        let memory = try await memory(context, principal)
        var mentions = try await backend.store.mentions(in: memory.number)
        // Until the content that it has is ingested, the graph has what an older one named, in places that are no more.
        if memory.taskStatus != .completed {
            for index in mentions.indices { mentions[index].ranges = [] }
        }
        let members = (live(memory).json.members ?? []) + [.init("mentions", .array(mentions.flatMap(\.json)))]
        return Response(json: .object(members), headers: eTag(of: memory))
    }

    /// The memory that the path names.
    /// - Throws: 404, also when the key may not see its project.
    func memory(_ context: EngramRequestContext, _ principal: Principal) async throws -> MemoryRecord {
        let id = try context.identifier("id", of: "memory")
        guard let memory = try await backend.store.memory(id: id), principal.canSee(memory.projectID) else {
            throw Problem.notFound("memory", id)
        }
        return memory
    }

    /// With the progress of the moment, if its task runs.
    private func live(_ memory: MemoryRecord) -> MemoryRecord {
        guard let running = backend.hub.running(memory.taskID) else { return memory }
        var memory = memory
        memory.taskStatus = running.task.status
        memory.taskProgress = running.task.progress
        return memory
    }
}
