package import HTTPTypes
package import Hummingbird
package import Knowledge
import NIOCore
package import Persistence

/// An error as a client sees it: `application/problem+json` (RFC 9457).
package struct Problem: Error, Sendable {
    package var status: HTTPResponse.Status
    /// One plain sentence or two: what was wrong and what to do.
    package var detail: String
    /// For 422: every bad field at once.
    package var fields: [Field] = []
    package var headers: HTTPFields = [:]

    package struct Field: Sendable, Equatable {
        package var name: String
        package var message: String
    }

    package init(_ status: HTTPResponse.Status, _ detail: String, headers: HTTPFields = [:]) {
        self.status = status
        self.detail = detail
        self.headers = headers
    }

    package init(fields: [Field]) {
        self.init(
            .unprocessableContent,
            "Some fields are not as they should be: \(fields.map { "\($0.name) \($0.message)" }.joined(separator: "; ")).")
        self.fields = fields
    }

    package static let unauthorized = Problem(
        .unauthorized,
        "A valid key is needed: send 'Authorization: Bearer ms_sk_…'. The first start wrote an owner key to owner.key in the data directory.",
        headers: [.wwwAuthenticate: "Bearer"])

    package static func notFound(_ what: String, _ id: some CustomStringConvertible) -> Problem {
        Problem(.notFound, "There is no \(what) \(id).")
    }

    package func body(instance: String) -> JSON {
        var members: [JSON.Member] = [
            .init("type", "about:blank"), .init("title", .string(status.reasonPhrase.isEmpty ? "Error" : status.reasonPhrase)),
            .init("status", JSON(status.code)), .init("detail", .string(detail)), .init("instance", .string(instance))
        ]
        if !fields.isEmpty {
            members.append(
                .init("errors", .array(fields.map { .object([.init("field", .string($0.name)), .init("message", .string($0.message))]) })))
        }
        return .object(members)
    }

    /// - Parameter instance: the path that was asked for, without its query.
    package func response(instance: String) -> Response {
        var headers = headers
        headers[.contentType] = "application/problem+json"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body(instance: instance).utf8)))
    }
}

extension Problem {
    /// What a store's error means to a client.
    package init(_ error: StoreError) {
        switch error.code {
        case .notFound: self.init(.notFound, error.message)
        case .staleVersion: self.init(.preconditionFailed, error.message)
        case .idempotencyMismatch, .projectIsBusy, .projectIsDefault, .lostRace, .notRetryable, .staleGraph:
            self.init(.conflict, error.message)
        case .full:
            self.init(
                HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage"),
                "The server's disk is full; nothing was stored. Try again when there is room.")
        case .unreadable:
            self.init(.internalServerError, "What the store has of this can't be read. Its log says more.")
        case .unavailable, .closed, .unusable:
            self.init(.serviceUnavailable, "The store can't be used at the moment. Try again soon.", headers: [.retryAfter: "2"])
        }
    }
}
