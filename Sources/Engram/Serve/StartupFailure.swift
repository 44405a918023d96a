import Foundation
import NIOCore
import NIOSSL
import Persistence

/// Says in one sentence why a server did not start.
enum StartupFailure {
    static func sentence(for error: any Error, serve: Serve) -> String {
        switch error {
        case let error as StoreError:
            return error.message
        case let error as IOError where error.errnoCode == EADDRINUSE:
            return "Port \(serve.port) on \(serve.host) is in use. Stop what listens there, or give another --port."
        case let error as IOError where error.errnoCode == EACCES:
            return "Port \(serve.port) on \(serve.host) may not be used by this user. Give a --port above 1023."
        case let error as IOError:
            return "Can't listen on \(serve.host):\(serve.port): \(String(cString: strerror(error.errnoCode)))."
        case is SocketAddressError, is SocketAddressError.UnknownHost:
            return "The address \(serve.host) can't be resolved."
        case let error as UnusableConfiguration:
            return error.sentence
        case let error as UnusableCertificate:
            return error.sentence
        default:
            return "The server can't start: \(error)."
        }
    }
}

/// A certificate or key that TLS can't be served with.
struct UnusableCertificate: Error {
    var sentence: String
}
