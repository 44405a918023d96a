import Actors
import HTTPTypes
import Hummingbird
import Knowledge
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import Persistence

/// The outermost layer of every request: gives it its id, turns whatever is thrown into a problem document, answers
/// preflights and wrong methods, and writes one log line.
struct BoundaryMiddleware: RouterMiddleware {
    typealias Context = EngramRequestContext

    let backend: Backend
    let cors: CORSPolicy
    let table: RouteTable

    private var origins: OriginCheck { OriginCheck(cors: cors, isOpen: backend.authenticator.isOpen) }

    func handle(_ request: Request, context: Context, next: (Request, Context) async throws -> Response) async throws -> Response {
        var context = context
        context.requestID = RequestID.of(request.headers, orMake: backend.newIdentifier)
        context.logger[metadataKey: "request"] = "\(context.requestID)"
        var response: Response
        do {
            try origins.check(request.head)
            try Self.checkEncoding(request.headers)
            response = try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            response = unrouted(request)
        } catch {
            response = problem(from: error, logger: context.logger).response(instance: request.uri.path)
        }
        if let name = RequestID.header { response.headers[name] = context.requestID }
        response.headers.append(contentsOf: cors.headers(for: request.headers))
        context.logger.debug(
            "request answered",
            metadata: ["method": "\(request.method)", "path": "\(request.uri.path)", "status": "\(response.status.code)"])
        return response
    }

    /// Bodies are read as they come: one that is compressed would be taken for text.
    /// - Throws: 415.
    private static func checkEncoding(_ headers: HTTPFields) throws(Problem) {
        let codings = (headers[.contentEncoding] ?? "").lowercased().split { $0 == "," || $0 == " " || $0 == "\t" }
        guard let coding = codings.first(where: { $0 != "identity" }) else { return }
        throw Problem(
            .unsupportedMediaType, "The Content-Encoding \(coding.prefix(50)) is not understood here. Send the body as it is, without one.",
            headers: [.acceptEncoding: "identity"])
    }

    /// The answer where no route fits path and method.
    private func unrouted(_ request: Request) -> Response {
        let allowed = table.methods(for: request.uri.path)
        guard !allowed.isEmpty else {
            return Problem(.notFound, "There is nothing at \(request.uri.path.prefix(200)).").response(instance: request.uri.path)
        }
        let methods = (allowed + ["OPTIONS"]).joined(separator: ", ")
        if request.method == .options {
            var headers = request.headers[.origin] == nil ? HTTPFields() : cors.preflightHeaders(methods: methods)
            headers[.allow] = methods
            return Response(status: .noContent, headers: headers)
        }
        return Problem(.methodNotAllowed, "\(request.method.rawValue) is not possible here; \(methods) is.", headers: [.allow: methods])
            .response(instance: request.uri.path)
    }

    private func problem(from error: any Error, logger: Logger) -> Problem {
        switch error {
        case let problem as Problem: return problem
        case let error as StoreError:
            let problem = Problem(error)
            if problem.status.code >= 500 {
                logger.error(
                    "the store refused a request", metadata: ["error": "\(error)", "cause": "\(error.cause.map { "\($0)" } ?? "-")"])
            }
            return problem
        case is HTTPParserError, is NIOSSLError, is NIOSSLExtraError, is BoringSSLError, is IOError, is ChannelError:
            return Problem(
                .badRequest, "The request was cut off, or its body is not valid HTTP. Nothing was stored.", headers: [.connection: "close"])
        case let error as NIOTooManyBytesError:
            return Problem(
                .contentTooLarge, "The body is larger than \(error.maxBytes ?? backend.bodyLimit) bytes, which is the limit here.")
        case let error as HTTPError:
            return Problem(error.status, error.body ?? error.status.reasonPhrase, headers: error.headers)
        default:
            logger.error("a request failed for a reason that was not foreseen", metadata: ["error": "\(error)"])
            return Problem(.internalServerError, "The server failed to answer; its log has the reason under this request's X-Request-ID.")
        }
    }
}
