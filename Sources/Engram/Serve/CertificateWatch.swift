import Foundation
import HTTP
import Logging
import ServiceLifecycle

/// Takes a new certificate over when its files change, so that renewing one needs no restart.
struct CertificateWatch: Service {
    /// How often the files are looked at.
    static let interval: Duration = .seconds(5)

    let identity: TLSIdentity
    private let files: TLSFiles
    private let state: TLSFiles.State
    private let logger: Logger

    /// - Throws: ``UnusableCertificate``.
    init(_ files: TLSFiles, logger: Logger) throws {
        self.files = files
        self.logger = logger
        // Looked at before they are read: what changes meanwhile is noticed at the first look.
        state = files.state
        identity = try files.identity()
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var known = state
            var refused: TLSFiles.State?
            while (try? await Task.sleep(for: Self.interval)) != nil {  // Ends with the task.
                let state = files.state
                guard state != known else { continue }
                do {
                    try identity.replace(with: try files.configuration())
                    known = state
                    refused = nil
                    logger.notice("new connections get the new certificate", metadata: ["file": "\(files.certificate)"])
                } catch {
                    // Half of a pair may have been replaced, or a file can't be read for a moment: the next look tries again.
                    if state != refused {
                        logger.error("the changed certificate was not taken over; the old one stays", metadata: ["error": "\(error)"])
                    }
                    refused = state
                }
            }
        }
    }
}
