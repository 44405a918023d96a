import NIOSSL

/// TLS towards a server of this tool's own, whose certificate is its own and is not checked.
@ClientLoop
enum TrustingClient {
    case http1, http2

    private static var contexts: [TrustingClient: NIOSSLContext] = [:]

    /// Made once: a thousand connections share it.
    func context() throws -> NIOSSLContext {
        if let context = Self.contexts[self] { return context }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        configuration.applicationProtocols = self == .http2 ? ["h2"] : ["http/1.1"]
        let context = try NIOSSLContext(configuration: configuration)
        Self.contexts[self] = context
        return context
    }
}
