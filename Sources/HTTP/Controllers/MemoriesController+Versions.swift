import Actors
import HTTPTypes
import Hummingbird
import Knowledge
import Persistence

/// What became of a request to keep or change something, as answers say it.
enum Outcome: String {
    case created
    /// There is a new version with new content, and a task that ingests it.
    case revised
    /// There is a new version with the same content.
    case updated
    case unchanged

    var member: JSON.Member { .init("outcome", .string(rawValue)) }
}

extension MemoriesController {
    @Sendable func patch(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let principal = try context.require(.editor)
        let memory = try await memory(context, principal)
        let document = try await request.json(limit: backend.bodyLimit).document
        let change = try MemoryPatch(document, to: memory)
            .change(
                of: memory, expectedVersion: try Self.expectedVersion(request, memory), task: backend.newIdentifier(),
                at: backend.time.now())
        let revision = try await backend.supervisor.revise(change)
        let outcome: Outcome = revision.task != nil ? .revised : revision.memory.version != memory.version ? .updated : .unchanged
        return respond(
            .ok, revision.memory.json, outcome: outcome, task: revision.memory.taskID, principal, headers: eTag(of: revision.memory))
    }

    @Sendable func delete(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let principal = try context.require(.editor)
        let memory = try await memory(context, principal)
        let outcome = try await backend.supervisor.remove(memory, expectedVersion: try Self.expectedVersion(request, memory))
        guard outcome.removed > 0 else { throw Problem.notFound("memory", memory.id) }
        return Response(status: .noContent)
    }

    /// The version that a change may be made to; `nil` is any.
    /// - Throws: 412.
    private static func expectedVersion(_ request: Request, _ memory: MemoryRecord) throws(Problem) -> Int? {
        guard let condition = IfMatch(request.headers) else { return nil }
        guard condition.allows(version: memory.version) else {
            throw Problem(
                .preconditionFailed,
                "The memory is at version \(memory.version), which If-Match does not name. Read it again before you change it.",
                headers: [.eTag: EntityTag.text(memory.version)])
        }
        return condition.isAny ? nil : memory.version
    }
}
