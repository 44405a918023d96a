import Foundation
import HTTP
import NIOCore
import NIOSSL

/// The certificate chain and private key that a server proves itself with.
struct TLSFiles {
    let certificate: String
    let key: String

    /// - Throws: ``UnusableCertificate``.
    func configuration() throws -> TLSConfiguration {
        let chain: [NIOSSLCertificate]
        do {
            chain = try NIOSSLCertificate.fromPEMFile(certificate)
        } catch {
            throw UnusableCertificate(sentence: "\(certificate) can't be read as a certificate in PEM. \(Self.existence(of: certificate))")
        }
        guard !chain.isEmpty else { throw UnusableCertificate(sentence: "\(certificate) holds no certificate.") }
        let privateKey: NIOSSLPrivateKey
        do {
            privateKey = try NIOSSLPrivateKey(file: key, format: .pem)
        } catch {
            throw UnusableCertificate(sentence: "\(key) can't be read as a private key in PEM. \(Self.existence(of: key))")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
        configuration.minimumTLSVersion = .tlsv12
        // A client that does not answer the end of a connection is not waited for: it would hold up the shutdown.
        configuration.shutdownTimeout = .seconds(1)
        return configuration
    }

    /// - Throws: ``UnusableCertificate``.
    func identity() throws -> TLSIdentity {
        let configuration = try configuration()
        do {
            return try TLSIdentity(configuration)
        } catch {
            throw UnusableCertificate(sentence: "The private key \(key) does not belong to the certificate \(certificate).")
        }
    }

    /// Which files they are, and when they were written; differs when either has been replaced or changed.
    struct State: Equatable {
        fileprivate var files: [String]
    }

    var state: State {
        State(
            files: [certificate, key].map { file in
                var entry = stat()
                // What a link leads to: that is what is replaced where they are mounted.
                guard stat(file, &entry) == 0 else { return "absent" }
                return "\(entry.st_dev) \(entry.st_ino) \(entry.st_size) \(entry.st_mtim.tv_sec) \(entry.st_mtim.tv_nsec)"
            })
    }

    private static func existence(of file: String) -> String {
        FileManager.default.isReadableFile(atPath: file)
            ? "The file exists, but its contents are something else." : "There is no such file, or it may not be read."
    }
}
