import HTTPTypes
import Knowledge
import Persistence

/// A request for one task's stream, authenticated; whether its principal may see the task is known when the task is.
struct StreamRequest: Sendable {
    var task: Identifier
    /// What the client has seen last; one that is malformed counts as none.
    var cursor: EventID?
    var principal: Principal
    /// For a project's ticket, the project whose tasks it opens.
    var project: Identifier?
    /// When the ticket it was made with runs out; `nil` if it came without.
    var ticketExpiresAt: Timestamp?

    func permits(_ project: Identifier) -> Bool {
        principal.canSee(project) && (self.project.map { $0 == project } ?? true)
    }

    /// Whether a path is that of a stream; the task's id in it.
    static func task(inPath path: Substring) -> Substring? {
        let segments = path.split(separator: "/")
        guard segments.count == 5, segments[0] == "api", segments[1] == "v1", segments[2] == "tasks", segments[4] == "stream" else {
            return nil
        }
        return segments[3]
    }

    /// - Throws: 401, 403, 404.
    init(_ head: HTTPRequest, authenticator: Authenticator) throws(Problem) {
        let target = head.path ?? ""
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let path = parts.first, let name = Self.task(inPath: path), let task = Identifier(name) else {
            throw .notFound("task", Self.task(inPath: parts.first ?? "")?.prefix(100) ?? "")
        }
        self.task = task
        let query = Self.query(parts.count > 1 ? parts[1] : "")
        // Where nothing is asked for, a ticket that has expired is no reason to refuse.
        if let ticket = query["ticket"], !authenticator.isOpen {
            guard let (ticket, principal) = authenticator.verified(ticket) else {
                throw Problem(
                    .unauthorized, "The ticket is not valid (any more). Ask for a new one with POST /auth/tickets.",
                    headers: [.wwwAuthenticate: "Bearer"])
            }
            switch ticket.kind {
            case .task:
                guard ticket.subject == task else { throw Problem(.forbidden, "The ticket is for another task.") }
            case .project: project = ticket.subject
            case .session: throw .unauthorized
            }
            self.principal = principal
            ticketExpiresAt = Timestamp(microseconds: ticket.expiry * 1_000_000)
        } else {
            guard let principal = authenticator.principal(of: head) else { throw .unauthorized }
            self.principal = principal
        }
        let header = Self.lastEventID.flatMap { head.headerFields[$0] }
        cursor = (header ?? query["last_event_id"] ?? query["lastEventId"] ?? query["lastEventID"]).flatMap { EventID($0) }
    }

    private static let lastEventID = HTTPField.Name("Last-Event-ID")

    /// Names and values as they stand: neither tickets nor ids have anything to unescape.
    private static func query(_ text: Substring) -> [String: String] {
        var values: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2, values[String(parts[0])] == nil { values[String(parts[0])] = String(parts[1]) }
        }
        return values
    }
}
