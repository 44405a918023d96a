import HTTPTypes
import Hummingbird
import Knowledge
import Persistence

/// `/entities`, `/communities` and `/memory/graph`: what ingestion has found.
struct GraphController {
    let backend: Backend

    func register(_ routes: Routes) {
        routes.get("/entities", entities)
        routes.get("/entities/types", entityTypes)
        routes.get("/entities/:id", entity)
        routes.get("/entities/:id/relationships", relationships)
        routes.get("/communities", communities)
        routes.get("/communities/:id", community)
        routes.get("/communities/:id/members", members)
        routes.get("/memory/graph", graph)
    }

    private func scope(_ query: QueryFields, _ principal: Principal) async throws -> [ProjectNumber]? {
        try await ProjectAccess(backend: backend, principal: principal).scope(query.text("project_id"))
    }

    /// An answer of the shape `{NAME: […], total, limit, offset}`.
    private func listing(_ name: String, _ elements: [JSON], total: Int, _ slice: Slice) -> Response {
        Response(
            json: .object([
                .init(name, .array(elements)), .init("total", JSON(total)), .init("limit", JSON(slice.limit)),
                .init("offset", JSON(slice.offset))
            ]))
    }

    @Sendable private func entities(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let principal = try context.require(.viewer)
        var query = QueryFields(request)
        let slice = query.slice(default: 50, most: 200)
        try query.check()
        let entities = try await backend.store.entities(
            EntityQuery(projects: scope(query, principal), type: query.text("entity_type"), search: query.text("search")), slice: slice)
        return listing("entities", entities.elements.map(\.json), total: entities.total, slice)
    }

    @Sendable private func entityTypes(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let types = try await backend.store.entityTypes(projects: scope(QueryFields(request), context.require(.viewer)))
        return Response(
            json: .object([
                .init("entity_types", .array(types.map { ["entity_type": .string($0.type), "count": JSON($0.count)] })),
                .init("total", JSON(types.count))
            ]))
    }

    private func entity(_ context: EngramRequestContext) async throws -> EntityView {
        let principal = try context.require(.viewer)
        let id = try context.identifier("id", of: "entity")
        guard let entity = try await backend.store.entity(id: id), principal.canSee(entity.projectID) else {
            throw Problem.notFound("entity", id)
        }
        return entity
    }

    @Sendable private func entity(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let entity = try await entity(context)
        let memories = try await backend.store.memories(naming: entity.record.number, limit: 100)
        return Response(
            json: .object(
                (entity.json.members ?? []) + [
                    .init("description", .string(entity.record.summary)), .init("properties", .object([])),
                    .init("memories", .array(memories.map { ["id": JSON($0.id), "title": JSON($0.title)] }))
                ]))
    }

    @Sendable private func relationships(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let entity = try await entity(context)
        var query = QueryFields(request)
        let limit = query.integer("limit", default: 50, in: 1...200)
        try query.check()
        let relationships = try await backend.store.relationships(
            of: entity.record.number, type: query.text("relationship_type"), limit: limit)
        return Response(
            json: .object([
                .init("relationships", .array(relationships.elements.map(\.json))), .init("total", JSON(relationships.total))
            ]))
    }

    @Sendable private func communities(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let principal = try context.require(.viewer)
        var query = QueryFields(request)
        let slice = query.slice(default: 50, most: 200)
        let least = query.integer("min_members", default: 1, in: 0...Int(Int32.max))
        try query.check()
        let communities = try await backend.store.communities(projects: scope(query, principal), minimumMembers: least, slice: slice)
        return listing("communities", communities.elements.map(\.json), total: communities.total, slice)
    }

    private func community(_ context: EngramRequestContext) async throws -> CommunityView {
        let principal = try context.require(.viewer)
        let id = try context.identifier("id", of: "community")
        guard let community = try await backend.store.community(id: id), principal.canSee(community.projectID) else {
            throw Problem.notFound("community", id)
        }
        return community
    }

    @Sendable private func community(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        Response(json: try await community(context).json)
    }

    @Sendable private func members(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let community = try await community(context)
        var query = QueryFields(request)
        let slice = query.slice(default: 50, most: 200)
        try query.check()
        let members = try await backend.store.members(of: community.record.number, slice: slice)
        return listing("members", members.elements.map(\.json), total: members.total, slice)
    }

    @Sendable private func graph(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let principal = try context.require(.viewer)
        var query = QueryFields(request)
        let limit = query.integer("limit", default: 100, in: 1...2000)
        try query.check()
        let project = try await ProjectAccess(backend: backend, principal: principal).project(query.text("project_id") ?? "default")
        return Response(json: try await backend.store.graph(of: project.number, limit: limit).json)
    }
}
