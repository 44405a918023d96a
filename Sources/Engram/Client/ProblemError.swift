import Knowledge

/// The server's refusal of a request: RFC 9457's problem document, or what can be said of an answer that is none.
struct ProblemError: Error, Equatable, CustomStringConvertible {
    struct Field: Equatable, Sendable {
        let field: String
        let message: String
    }

    let status: Int
    let title: String
    let detail: String
    let fields: [Field]
    /// `Retry-After` in seconds, if the answer had one.
    let retryAfter: Int?

    init(status: Int, title: String, detail: String = "", fields: [Field] = [], retryAfter: Int? = nil) {
        self.status = status
        self.title = title
        self.detail = detail
        self.fields = fields
        self.retryAfter = retryAfter
    }

    /// Reads an answer that is not of the 200s.
    init(status: Int, reason: String, body: [UInt8], retryAfter: String?) {
        // A proxy's page is no problem document.
        let problem = try? body.withUnsafeBytes { bytes throws(JSONSyntaxError) in try JSON.parse(bytes) }
        self.init(
            status: status,
            title: problem?["title"]?.string ?? (reason.isEmpty ? "HTTP \(status)" : reason),
            detail: problem?["detail"]?.string ?? "",
            fields: (problem?["errors"]?.array ?? []).map {
                Field(field: $0["field"]?.string ?? "", message: $0["message"]?.string ?? "")
            },
            retryAfter: retryAfter.flatMap { Int($0) }.map { max(0, min($0, 3600)) })
    }

    /// Whether the same request may succeed later: an overloaded or restarting server, or one that says when to come back; not a
    /// wrong request.
    var isTransient: Bool { status >= 500 || status == 429 || status == 408 || status == 425 || (status == 409 && retryAfter != nil) }
    var isNotAllowed: Bool { status == 401 || status == 403 }

    var description: String {
        var text = detail.isEmpty ? "\(title) (HTTP \(status))" : detail
        // Many servers' sentence names the fields already.
        let unsaid = fields.filter { !text.contains($0.message) }
        if !unsaid.isEmpty {
            text += " [" + unsaid.map { $0.field.isEmpty ? $0.message : "\($0.field): \($0.message)" }.joined(separator: "; ") + "]"
        }
        return text
    }

    /// The problem as the server wrote it, for `--json`.
    var json: JSON {
        var members: [JSON.Member] = [
            .init("status", JSON(status)), .init("title", JSON(title)), .init("detail", JSON(detail))
        ]
        if !fields.isEmpty {
            members.append(.init("errors", .array(fields.map { ["field": JSON($0.field), "message": JSON($0.message)] })))
        }
        return .object(members)
    }
}
