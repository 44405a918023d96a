package import HTTPTypes

/// Which web pages of other origins may use the API from a browser.
package struct CORSPolicy: Sendable {
    /// Named origins, or `*` for all; only named ones may send cookies.
    private let origins: Set<String>

    package init(origins: [String]) {
        self.origins = Set(origins)
    }

    /// Whether pages of this origin were named.
    package func allows(_ origin: String) -> Bool { origins.contains(origin) }

    /// What an answer to a request carries so that the page may read it.
    package func headers(for request: HTTPFields) -> HTTPFields {
        guard !origins.isEmpty else { return [:] }
        var headers: HTTPFields = [.vary: "Origin"]
        guard let origin = request[.origin] else { return headers }
        if origins.contains(origin) {
            headers[.accessControlAllowOrigin] = origin
            headers[.accessControlAllowCredentials] = "true"
        } else if origins.contains("*") {
            headers[.accessControlAllowOrigin] = "*"
        } else {
            return headers
        }
        headers[.accessControlExposeHeaders] = "ETag, Idempotency-Replayed, Location, Retry-After, X-Request-ID"
        return headers
    }

    /// What the answer to a preflight adds.
    package func preflightHeaders(methods: String) -> HTTPFields {
        [
            .accessControlAllowMethods: methods, .accessControlMaxAge: "600",
            .accessControlAllowHeaders: "Authorization, Content-Type, Idempotency-Key, If-Match, Last-Event-ID, X-Request-ID"
        ]
    }
}
