import ArgumentParser
import Foundation
import Persistence

/// `engram certificate`.
struct CertificateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificate",
        abstract: "Makes a self-signed certificate for development.",
        discussion: """
            Writes certificate.pem and key.pem (readable by you alone) into the directory. Then:

              engram serve --tls-certificate DIR/certificate.pem --tls-key DIR/key.pem
              engram ingest --server https://localhost:8000 --certificate-authority DIR/certificate.pem FILE

            Exit codes: 0 when both are written, 1 when not.
            """)

    @Option(name: [.short, .customLong("out")], help: ArgumentHelp("The directory to write into; made if need be.", valueName: "dir"))
    var out = "."

    @Option(
        name: .customLong("name"), help: ArgumentHelp("A host name or address the certificate is for; may be repeated.", valueName: "host"))
    var names: [String] = ["localhost", "127.0.0.1", "::1"]

    @Option(help: "How many days it is valid.")
    var days = 365

    @Flag(help: "Overwrites files that exist.")
    var force = false

    func validate() throws {
        guard (1...36_500).contains(days) else { throw ValidationError("--days must be from 1 to 36500.") }
        guard !names.isEmpty, names.allSatisfy(Self.isName) else {
            throw ValidationError("--name must be a host name such as localhost, or an address such as 127.0.0.1.")
        }
    }

    /// Nothing that would mean something else inside a certificate's extension.
    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 253
            && text.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || "0123456789.-:*".unicodeScalars.contains($0) }
            && text.allSatisfy(\.isASCII)
    }

    func run() async throws {
        do {
            try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
            let pair = try SelfSignedCertificate(names: names, days: days)
            let files = [(path: "\(out)/certificate.pem", bytes: pair.certificate), (path: "\(out)/key.pem", bytes: pair.key)]
            for (file, _) in files where !force && FileManager.default.fileExists(atPath: file) {
                throw StoreError(.unusable, "\(file) exists already; --force overwrites it.")
            }
            for (file, bytes) in files {
                try DataDirectory.write(bytes, to: file)
                print("wrote \(file)")
            }
        } catch {
            FileHandle.standardError.write(Data("engram: \((error as? StoreError)?.message ?? "\(error)")\n".utf8))
            throw ExitCode(1)
        }
    }
}
