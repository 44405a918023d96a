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
    /// Whether the request may have come to the server all the same: there was a connection.
    let mayHaveArrived: Bool

    init(server: String, reason: String, isPermanent: Bool = false, mayHaveArrived: Bool = true) {
        self.server = server
        self.reason = reason
        self.isPermanent = isPermanent
        self.mayHaveArrived = mayHaveArrived
    }

    /// Puts what the network library threw into words. A cancellation is for the caller to rethrow first.
    init(server: String, cause: any Error) {
        let text = String(describing: cause)
        if text.contains("CERTIFICATE_VERIFY_FAILED") || cause is NIOSSLExtraError {
            self.init(
                server: server,
                reason: "its TLS certificate is not trusted; name the certificate to trust with --certificate-authority FILE",
                isPermanent: true, mayHaveArrived: false)
        } else if text.contains("WRONG_VERSION_NUMBER") {
            self.init(
                server: server, reason: "it does not speak TLS on that port; use http:// instead", isPermanent: true, mayHaveArrived: false)
        } else if text.contains("errno: 111") || text.contains("Connection refused") {
            self.init(server: server, reason: "the connection was refused", mayHaveArrived: false)
        } else if text.contains("errno: 104") || text.contains("Connection reset") {
            self.init(server: server, reason: "the connection was reset" + Self.hint(server))
        } else if text.contains("invalidEOFState") || text.contains("ended at an unexpected time") || cause is ChannelError {
            self.init(server: server, reason: "the connection was closed" + Self.hint(server))
        } else if let error = cause as? HTTPClientError {
            let hint = error == .remoteConnectionClosed ? Self.hint(server) : ""
            self.init(
                server: server, reason: Self.clause(for: error) + hint, isPermanent: error == .invalidURL,
                mayHaveArrived: error != .connectTimeout && error != .invalidURL)
        } else if text.contains("SocketAddressError") || text.contains("unknown(host") {
            self.init(server: server, reason: "its name cannot be resolved", mayHaveArrived: false)
        } else {
            self.init(server: server, reason: "the connection failed: \(text)")
        }
    }

    /// A server that speaks TLS hangs up on plain HTTP without a word.
    private static func hint(_ server: String) -> String {
        server.hasPrefix("http://") ? " (if it speaks TLS, use https:// instead)" : ""
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
