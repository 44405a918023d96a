package import NIOSSL
import Synchronization

/// The certificate and key that connections are begun with; may be replaced while the server runs.
package final class TLSIdentity: Sendable {
    private let current: Mutex<NIOSSLContext>

    /// - Throws: when certificate and key don't fit.
    package init(_ configuration: TLSConfiguration) throws {
        current = Mutex(try Self.context(configuration))
    }

    /// New connections get this one from now on; open ones keep what they began with.
    /// - Throws: when certificate and key don't fit; the old ones stay.
    package func replace(with configuration: TLSConfiguration) throws {
        let context = try Self.context(configuration)
        current.withLock { $0 = context }
    }

    var context: NIOSSLContext { current.withLock { $0 } }

    private static func context(_ configuration: TLSConfiguration) throws -> NIOSSLContext {
        var configuration = configuration
        configuration.applicationProtocols = ["h2", "http/1.1"]
        return try NIOSSLContext(configuration: configuration)
    }
}
