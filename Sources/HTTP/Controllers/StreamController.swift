import Actors
import HTTPTypes
import Hummingbird
import Knowledge
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
        guard let update = try await backend.task(wanted.task) else { throw Problem.notFound("task", wanted.task) }
        guard wanted.permits(update.task.projectID) else {
            guard wanted.project == nil else { throw Problem(.forbidden, "The ticket is for another project.") }
            throw Problem.notFound("task", wanted.task)
        }
        let frame = EventFrame(update)
        var headers = streams.headers(for: [:])
        if frame.isTerminal, wanted.cursor == frame.id { return Response(status: .noContent, headers: headers) }
        headers[.connection] = "close"
        var body = ByteBuffer(string: "retry: \(Int.random(in: StreamService.drainRetryRange))\n")
        body.writeImmutableBuffer(frame.event)
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
    }
}
