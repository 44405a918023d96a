import AsyncHTTPClient
import Knowledge
import NIOCore
import NIOHTTP1
import NIOSSL

/// The REST API, thinly: a request in, JSON or an error out. No retries here.
struct EngramClient: Sendable {
    enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
    }

    /// An answer of the 200s.
    struct Answer: Sendable {
        let status: Int
        /// `null` when there was no body.
        let body: JSON
        /// Whether the server gave an earlier answer again for the same `Idempotency-Key`.
        let isReplayed: Bool
    }

    let address: ServerAddress
    private let key: String?
    private let http: HTTPClient

    /// Opens a client, runs `body` with it and closes it.
    /// - Parameters:
    ///   - certificateAuthority: a PEM file whose certificates are trusted in addition to the system's.
    ///   - silence: how long a connection may be silent before it counts as broken; streams comment every 15 s.
    static func with<Result: Sendable>(
        address: ServerAddress, key: String?, certificateAuthority: String? = nil, silence: TimeAmount = .seconds(45),
        _ body: (EngramClient) async throws -> Result
    ) async throws -> Result {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(5)
        configuration.timeout.read = silence
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        configuration.connectionPool.retryConnectionEstablishment = false
        if let certificateAuthority {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.additionalTrustRoots = [.file(certificateAuthority)]
            configuration.tlsConfiguration = tls
        }
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let result = try await body(EngramClient(address: address, key: key, http: http))
            try await http.shutdown()
            return result
        } catch {
            try? await http.shutdown()  // The first error is the one to tell.
            throw error
        }
    }

    /// Sends a request below `/api/v1` and reads the whole answer.
    /// - Throws: ``ProblemError`` for an answer that is not of the 200s, ``UnreachableError`` for none, ``ContractError`` for one
    ///   that is no JSON, `CancellationError`.
    func send(
        _ method: Method, _ path: String, body: JSON? = nil, idempotencyKey: String? = nil, within limit: TimeAmount = .seconds(60)
    ) async throws -> Answer {
        var request = request(method, "/api/v1" + path)
        request.headers.add(name: "accept", value: "application/json, application/problem+json")
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(body.utf8)
        }
        if let idempotencyKey { request.headers.add(name: "idempotency-key", value: idempotencyKey) }
        return try await answer(to: request, within: limit)
    }

    /// Sends a request and reads the whole answer.
    func answer(to request: HTTPClientRequest, within limit: TimeAmount) async throws -> Answer {
        let response = try await execute(request, within: limit)
        let bytes = try await read(response)
        let isReplayed = response.headers.first(name: "idempotency-replayed")?.lowercased() == "true"
        guard !bytes.isEmpty else { return Answer(status: Int(response.status.code), body: .null, isReplayed: isReplayed) }
        do {
            let body = try bytes.withUnsafeBytes { bytes throws(JSONSyntaxError) in try JSON.parse(bytes) }
            return Answer(status: Int(response.status.code), body: body, isReplayed: isReplayed)
        } catch {
            throw ContractError(description: "\(address) does not answer in JSON; is it an Engram server?")
        }
    }

    /// Opens a stream.
    /// - Parameter path: from the root on, as `stream_url` has it.
    /// - Returns: the answer, its body unread; `nil` for 204.
    func open(_ path: String, lastEventID: String) async throws -> HTTPClientResponse? {
        var request = request(.get, path)
        request.headers.add(name: "accept", value: "text/event-stream")
        request.headers.add(name: "cache-control", value: "no-store")
        if !lastEventID.isEmpty { request.headers.add(name: "last-event-id", value: lastEventID) }
        let response = try await execute(request, within: .seconds(30))
        if response.status == .noContent { return nil }
        guard response.headers.first(name: "content-type")?.lowercased().hasPrefix("text/event-stream") == true else {
            throw ContractError(description: "\(address) does not answer with an event stream at \(path.prefix { $0 != "?" }).")
        }
        return response
    }

    func request(_ method: Method, _ path: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: address.url(path))
        request.method = HTTPMethod(rawValue: method.rawValue)
        request.headers.add(name: "user-agent", value: "engram-cli")
        if let key { request.headers.add(name: "authorization", value: "Bearer \(key)") }
        return request
    }

    func execute(_ request: HTTPClientRequest, within limit: TimeAmount) async throws -> HTTPClientResponse {
        let response: HTTPClientResponse
        do {
            response = try await http.execute(request, timeout: limit)
        } catch let error as FileError {
            throw error  // The body could not be read on.
        } catch {
            try Task.checkCancellation()
            throw unreachable(error)
        }
        guard (200..<300).contains(response.status.code) else {
            throw ProblemError(
                status: Int(response.status.code), reason: response.status.reasonPhrase, body: try await read(response),
                retryAfter: response.headers.first(name: "retry-after"))
        }
        return response
    }

    private func read(_ response: HTTPClientResponse) async throws -> [UInt8] {
        do {
            return Array(buffer: try await response.body.collect(upTo: 64 << 20))
        } catch {
            try Task.checkCancellation()
            throw unreachable(error)
        }
    }

    func unreachable(_ cause: any Error) -> UnreachableError { UnreachableError(server: address.base, cause: cause) }
}
