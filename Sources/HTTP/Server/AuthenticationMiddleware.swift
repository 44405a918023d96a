import HTTPTypes
import Hummingbird

/// Finds out on whose behalf a request is made; without that nothing behind it is reached.
struct AuthenticationMiddleware: RouterMiddleware {
    typealias Context = EngramRequestContext

    let authenticator: Authenticator

    func handle(_ request: Request, context: Context, next: (Request, Context) async throws -> Response) async throws -> Response {
        guard let principal = authenticator.principal(of: request.head) else { throw Problem.unauthorized }
        var context = context
        context.principal = principal
        return try await next(request, context)
    }
}
