import AsyncHTTPClient
import NIOCore
import NIOSSL

/// No answer came: nobody listens, the connection broke, or the patience is used up.
struct UnreachableError: Error, CustomStringConvertible {
    let server: String
    /// A clause, as "the connection was refused".
    let reason: String
    /// Whether trying again cannot help: a certificate that is not trusted stays so.
    let isPermanent: Bool

    init(server: String, reason: String, isPermanent: Bool = false) {
        self.server = server
        self.reason = reason
        self.isPermanent = isPermanent
    }

    /// Puts what the network library threw into words. A cancellation is for the caller to rethrow first.
    init(server: String, cause: any Error) {
        let text = String(describing: cause)
        if text.contains("CERTIFICATE_VERIFY_FAILED") || cause is NIOSSLExtraError {
            self.init(
                server: server,
                reason: "its TLS certificate is not trusted; name the certificate to trust with --certificate-authority FILE",
                isPermanent: true)
        } else if text.contains("WRONG_VERSION_NUMBER") {
            self.init(server: server, reason: "it does not speak TLS on that port; use http:// instead", isPermanent: true)
        } else if text.contains("errno: 111") || text.contains("Connection refused") {
            self.init(server: server, reason: "the connection was refused")
        } else if text.contains("errno: 104") || text.contains("Connection reset") {
            self.init(server: server, reason: "the connection was reset")
        } else if text.contains("invalidEOFState") || text.contains("ended at an unexpected time") || cause is ChannelError {
            self.init(server: server, reason: "the connection was closed")
        } else if let error = cause as? HTTPClientError {
            self.init(server: server, reason: Self.clause(for: error), isPermanent: error == .invalidURL)
        } else if text.contains("SocketAddressError") || text.contains("unknown(host") {
            self.init(server: server, reason: "its name cannot be resolved")
        } else {
            self.init(server: server, reason: "the connection failed: \(text)")
        }
    }

    private static func clause(for error: HTTPClientError) -> String {
        switch error {
        case .connectTimeout: "connecting took too long"
        case .deadlineExceeded, .readTimeout, .getConnectionFromPoolTimeout: "no answer came in time"
        case .remoteConnectionClosed: "the connection was closed"
        case .invalidURL: "the URL is not valid"
        default: "the connection failed: \(error.shortDescription)"
        }
    }

    var description: String { "\(server) cannot be reached: \(reason)." }
}

/// What the server said makes no sense under its contract; another server may listen there.
struct ContractError: Error, CustomStringConvertible {
    let description: String
}
