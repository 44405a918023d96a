import Actors
import HTTPTypes
import Hummingbird
import Knowledge
import Logging
import Persistence

/// `/health` and `/ready`, at the root and under the base, open to everybody.
struct OperationsController {
    let backend: Backend
    let readiness: Readiness

    func register(_ routes: Routes) {
        routes.get("/health") { [backend] _, _ in Response(json: ["status": "ok", "version": .string(backend.version)]) }
        routes.get("/ready", ready)
    }

    @Sendable private func ready(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let now = backend.time.now()
        var checks: [JSON.Member] = []
        var failure: String?
        if readiness.isStopping { failure = "shutdown" }
        checks.append(.init("shutdown", .string(failure == nil ? "ok" : "the server is shutting down")))
        var oldest: JSON = .null
        do {
            try await backend.store.check()
            let statistics = try await backend.store.statistics(since: now, now: now, projects: nil)
            oldest = statistics.oldestPending.map { JSON(rounded: Double(now.microseconds - $0.microseconds) / 1e6) } ?? .null
            checks.append(.init("store", "ok"))
        } catch {
            failure = failure ?? "store"
            context.logger.warning("the store failed its check", metadata: ["error": "\(error)"])
            checks.append(.init("store", "the store can't be read and written"))
        }
        let members: [JSON.Member] = [
            .init("status", .string(failure == nil ? "ready" : "unavailable")), .init("failing", JSON(failure)),
            .init("checks", .object(checks)),
            .init("oldest_pending_seconds", oldest)
        ]
        return Response(
            failure == nil ? .ok : .serviceUnavailable, json: .object(members), headers: failure == nil ? [:] : [.retryAfter: "2"])
    }
}
