import Actors
import HTTPTypes
import Hummingbird
import Knowledge
import Logging
import NIOCore
import Persistence

/// `/tasks/{id}/stream` as a plain route: says what is wrong with a request that ``StreamHandler`` did not take, and gives the
/// state of the moment with a time to come back where a stream can't be kept open now.
struct StreamController {
    let backend: Backend
    let streams: StreamService

    func register(_ routes: Routes) {
        routes.get("/tasks/:id/stream", state)
    }

    @Sendable private func state(_ request: Request, _ context: EngramRequestContext) async throws -> Response {
        let wanted = try StreamRequest(request.head, authenticator: backend.authenticator)
        let found: TaskUpdate?
        do {
            found = try await backend.task(wanted.task)
        } catch let error as StoreError {
            // Browsers never come back after a 503.
            context.logger.error("a task could not be read for its stream", metadata: ["task": "\(wanted.task)", "error": "\(error)"])
            return later(nil)
        }
        guard let update = found else { throw Problem.notFound("task", wanted.task) }
        guard wanted.permits(update.task.projectID) else {
            guard wanted.project == nil else { throw Problem(.forbidden, "The ticket is for another project.") }
            throw Problem.notFound("task", wanted.task)
        }
        let frame = EventFrame(update)
        if frame.isTerminal, wanted.cursor == frame.id { return Response(status: .noContent, headers: streams.headers(for: [:])) }
        return later(frame)
    }

    /// The state of the moment, if there is one, and when to come back.
    private func later(_ frame: EventFrame?) -> Response {
        var headers = streams.headers(for: [:])
        headers[.connection] = "close"
        let range = streams.isStopping ? StreamService.drainRetryRange : StreamService.overloadRetryRange
        var body = ByteBuffer(string: "retry: \(Int.random(in: range))\n")
        if let frame { body.writeImmutableBuffer(frame.piece.bare) }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
    }
}
