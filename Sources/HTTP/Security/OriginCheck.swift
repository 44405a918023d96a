import HTTPTypes

/// Keeps web pages of other origins from using what a browser brings along by itself: a session cookie, or being on the
/// same machine as a server that asks for no key.
///
/// A key or a ticket is not brought along by itself, so requests that carry one need no check.
struct OriginCheck: Sendable {
    let cors: CORSPolicy
    /// Whether the server lets in requests without a key.
    let isOpen: Bool

    /// - Throws: 403.
    func check(_ head: HTTPRequest) throws(Problem) {
        guard head.headerFields[.authorization] == nil else { return }
        let authority = head.authority ?? ""
        if isOpen, !authority.isEmpty, !Loopback.contains(Self.host(of: authority)) {
            // A name that somebody else's DNS points to this machine.
            throw Problem(.forbidden, "This server asks for no key and answers to localhost only, not to \(authority.prefix(100)).")
        }
        guard let origin = head.headerFields[.origin], head.method != .get, head.method != .head, head.method != .options else { return }
        if origin == "http://\(authority)" || origin == "https://\(authority)" || cors.allows(origin) { return }
        throw Problem(.forbidden, "Pages of \(origin.prefix(100)) may not do this without a key; --cors-origin names those that may.")
    }

    /// The host of `host[:port]`.
    private static func host(of authority: String) -> Substring {
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") { return authority[...end] }
        return authority.prefix { $0 != ":" }
    }
}
