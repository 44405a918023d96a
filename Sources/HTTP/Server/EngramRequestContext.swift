package import Hummingbird
package import Knowledge
package import Persistence

/// What is known of a request beside itself.
package struct EngramRequestContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// Echoed from the client or made; in every log line of the request.
    package var requestID = ""
    /// On whose behalf it is made; `nil` before authentication, and on paths that ask for none.
    package var principal: Principal?

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
    }

    /// The principal, if its role is at least `role`.
    /// - Throws: 401, 403.
    package func require(_ role: AccessKeyRecord.Role) throws(Problem) -> Principal {
        guard let principal else { throw .unauthorized }
        guard principal.role >= role else {
            throw Problem(.forbidden, "This key's role is \(principal.role.name); this needs \(role.name).")
        }
        return principal
    }

    /// An id in the path. One that is no UUID names nothing, so it is a 404 like any unknown one.
    package func identifier(_ name: String, of what: String) throws(Problem) -> Identifier {
        let text = coreContext.parameters.get(name) ?? ""
        guard let id = Identifier(text) else { throw .notFound(what, text.prefix(100)) }
        return id
    }
}
