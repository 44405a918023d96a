import Actors
import HTTPTypes
import Hummingbird
import Knowledge
import Logging
import NIOCore
import Persistence

/// `/auth`: keys, tickets and the console's session.
struct AuthController {
    let backend: Backend
    let streams: StreamService

    /// What can be reached without a key.
    func registerOpen(_ routes: Routes) {
        routes.post("/auth/session", openSession)
        routes.delete("/auth/session", closeSession)
    }

    func register(_ routes: Routes) {
        routes.post("/auth/tickets", createTicket)
        routes.post("/auth/keys", createKey)
        routes.get("/auth/keys", listKeys)
        routes.delete("/auth/keys/:id", revokeKey)
    }

    private func cookie(_ value: String, age: Int64) -> HTTPFields {
        [
            .setCookie:
                "\(Authenticator.cookieName)=\(value); Path=/; Max-Age=\(age); HttpOnly; SameSite=Strict\(backend.isTLS ? "; Secure" : "")"
        ]
    }

    @Sendable private func openSession(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        var fields = try BodyFields(try await request.json(limit: 10_000).document)
        let key = fields.text("key", most: 200)
        let code = fields.text("code", most: 200)
        if fields.value("key") == nil, fields.value("code") == nil { fields.report("key", "is required") }
        try fields.check()
        let now = backend.time.now()
        let principal: Principal?
        if let code {
            principal = backend.consoleCodes.redeem(code, at: now)
        } else {
            principal = key.flatMap { AccessKey($0) }.flatMap { backend.authenticator.keys.authenticate($0, at: now) }.map { Principal($0) }
        }
        guard let principal else {
            throw Problem(.unauthorized, "The key or code is not valid (any more).", headers: [.wwwAuthenticate: "Bearer"])
        }
        let session = backend.authenticator.session(for: principal)
        return Response(status: .noContent, headers: cookie(session, age: Authenticator.sessionLifetime))
    }

    @Sendable private func closeSession(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        Response(status: .noContent, headers: cookie("", age: 0))
    }

    @Sendable private func createTicket(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let principal = try context.require(.viewer)
        var fields = try BodyFields(try await request.json(limit: 10_000).document)
        let task = fields.text("task_id")
        let project = fields.text("project_id")
        if (task == nil) == (project == nil) { fields.report("task_id", "or project_id is required, and only one of them") }
        try fields.check()
        let kind: Ticket.Kind
        let subject: Identifier
        let path: String
        if let task {
            guard let id = Identifier(task), let update = try await backend.task(id), principal.canSee(update.task.projectID) else {
                throw Problem.notFound("task", task.prefix(100))
            }
            (kind, subject, path) = (.task, id, update.task.streamPath)
        } else {
            let found = try await ProjectAccess(backend: backend, principal: principal).project(project ?? "")
            (kind, subject, path) = (.project, found.id, "\(APIBase.path)/projects/\(found.id)/tasks/stream")
        }
        let ticket = backend.authenticator.ticket(kind, for: subject, principal: principal)
        return Response(
            json: .object([
                .init("ticket", .string(ticket.text)), .init("expires_at", JSON(ticket.expiresAt)),
                .init("stream_url", .string("\(path)?ticket=\(ticket.text)"))
            ]))
    }

    @Sendable private func createKey(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let principal = try context.require(.owner)
        var fields = try BodyFields(try await request.json(limit: 100_000).document)
        let name = fields.requiredText("name", most: 200)
        let role = role(&fields)
        let references = fields.value("projects") == nil ? nil : fields.texts("projects", mostItems: 1000, most: 36)
        let days = fields.integer("expires_in_days", in: 1...36_500)
        try fields.check()
        let access = ProjectAccess(backend: backend, principal: principal)
        var projects: [Identifier]?
        for reference in references ?? [] { projects = (projects ?? []) + [try await access.project(reference).id] }
        if references?.isEmpty == true { projects = [] }
        if let allowed = principal.projects, !Set(projects ?? []).isSubset(of: allowed) || projects == nil {
            throw Problem(.forbidden, "This key is restricted to some projects and can't make a key that sees more.")
        }
        var random = SystemRandomNumberGenerator()
        let key = AccessKey(random: &random)
        let now = backend.time.now()
        let record = AccessKeyRecord(
            id: backend.newIdentifier(), name: name, role: role, digest: key.digest, hint: key.hint, projects: projects, createdAt: now,
            expiresAt: days.map { now.advanced(bySeconds: $0 * 86_400) })
        try await backend.authenticator.keys.add(record)
        context.logger.info("access key made", metadata: ["key_id": "\(record.id)", "role": "\(role.name)"])
        return Response(json: record.json(key: key.text), headers: [.cacheControl: "no-store"])
    }

    private func role(_ fields: inout BodyFields) -> AccessKeyRecord.Role {
        if let name = fields.text("role") {
            let role = AccessKeyRecord.Role(name: name)
            if role == nil { fields.report("role", "must be one of viewer, editor, owner") }
            if fields.value("permissions") != nil { fields.report("permissions", "says the same as role; only one of them can be given") }
            return role ?? .viewer
        }
        guard fields.value("permissions") != nil else { return .editor }
        let permissions = Set(fields.texts("permissions", mostItems: 3, most: 10))
        if let role = AccessKeyRecord.Role.allCases.first(where: { Set($0.permissions) == permissions }) { return role }
        fields.report("permissions", "must be [\"read\"], [\"read\",\"write\"] or [\"read\",\"write\",\"admin\"]")
        return .viewer
    }

    /// A key that is restricted to some projects manages only those that see no more than it does.
    private static func mayManage(_ key: AccessKeyRecord, _ principal: Principal) -> Bool {
        guard let allowed = principal.projects else { return true }
        return key.projects.map { Set($0).isSubset(of: allowed) } ?? false
    }

    @Sendable private func listKeys(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let principal = try context.require(.owner)
        let keys = backend.authenticator.keys.keys.filter { Self.mayManage($0, principal) }
        return Response(json: .array(keys.map { $0.json() }))
    }

    @Sendable private func revokeKey(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let principal = try context.require(.owner)
        let id = try context.identifier("id", of: "key")
        guard let key = backend.authenticator.keys.keys.first(where: { $0.id == id }), Self.mayManage(key, principal) else {
            throw Problem.notFound("key", id)
        }
        let now = backend.time.now()
        let owners = backend.authenticator.keys.keys.filter { $0.role == .owner && $0.projects == nil && !$0.isExpired(at: now) }
        if owners.map(\.id) == [id] {
            throw Problem(.conflict, "This is the last owner key. Make another one first, or nobody could make keys any more.")
        }
        guard try await backend.authenticator.keys.revoke(id) else { throw Problem.notFound("key", id) }
        streams.close(openedBy: id)
        context.logger.info("access key revoked", metadata: ["key_id": "\(id)"])
        return Response(status: .noContent)
    }
}
