import HTTPTypes
import Hummingbird
import Knowledge
import NIOCore

/// Where controllers register what they answer: every route goes to the router and to the ``RouteTable`` at once.
struct Routes {
    typealias Handler = @Sendable (Request, EngramRequestContext) async throws -> Response

    private let table: RouteTable
    private let prefix: String
    private let group: RouterGroup<EngramRequestContext>

    init(_ group: RouterGroup<EngramRequestContext>, prefix: String, table: RouteTable) {
        self.group = group
        self.prefix = prefix
        self.table = table
    }

    func get(_ path: String, _ handler: @escaping Handler) { on(path, .get, handler) }
    func post(_ path: String, _ handler: @escaping Handler) { on(path, .post, handler) }
    func put(_ path: String, _ handler: @escaping Handler) { on(path, .put, handler) }
    func patch(_ path: String, _ handler: @escaping Handler) { on(path, .patch, handler) }
    func delete(_ path: String, _ handler: @escaping Handler) { on(path, .delete, handler) }

    private func on(_ path: String, _ method: HTTPRequest.Method, _ handler: @escaping Handler) {
        table.add(prefix + path, method: method)
        group.on(RouterPath(path), method: method, use: handler)
    }
}

extension Response {
    /// An answer with a JSON document.
    init(_ status: HTTPResponse.Status = .ok, json: JSON, headers: HTTPFields = [:]) {
        var headers = headers
        headers[.contentType] = "application/json; charset=utf-8"
        self.init(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.utf8)))
    }
}

extension Request {
    /// The body as one JSON document, and its bytes.
    /// - Throws: 400, 413, 415.
    func json(limit: Int) async throws -> (document: JSON, bytes: ByteBuffer) {
        if let type = headers[.contentType] {
            let media = type.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
            guard media == "application/json" || (media.hasPrefix("application/") && media.hasSuffix("+json")) else {
                throw Problem(.unsupportedMediaType, "The body must be application/json, not \(media.prefix(100)).")
            }
        }
        if let length = headers[.contentLength].flatMap({ Int($0) }), length > limit { throw NIOTooManyBytesError(maxBytes: limit) }
        let bytes = try await body.collect(upTo: limit)
        do {
            return (try bytes.withUnsafeReadableBytes { bytes throws(JSONSyntaxError) in try JSON.parse(bytes) }, bytes)
        } catch {
            throw Problem(.badRequest, "The body is not valid JSON: \(error).")
        }
    }
}
