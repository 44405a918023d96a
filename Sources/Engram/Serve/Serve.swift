public import ArgumentParser
import Foundation
import HTTP
public import Logging
import Persistence

/// `engram serve`.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Starts the server.",
        discussion: """
            Listens on 127.0.0.1:8000 and keeps its data in ./engram-data unless told otherwise. The first start makes an owner key
            and writes it to owner.key in the data directory; every start prints a link that opens the console once.

            SIGTERM and SIGINT end it in good order: streams are told when to come back, running tasks get --grace to finish, the
            rest goes on at the next start. What was acknowledged survives kill -9, too. SIGHUP reads --config again.

            Exit codes: 0 after an orderly end, 1 when it can't start (one sentence on stderr says why), 64 for wrong flags.
            """)

    @Option(help: "The address to listen on. Anything but a loopback address needs TLS, or --insecure-plaintext.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 picks a free one.")
    var port = 8000

    @Option(help: ArgumentHelp("Where the data lies; made if need be.", valueName: "dir"))
    var data = "./engram-data"

    @Option(help: "Where memories are kept: 'sqlite' in the data directory, or 'memory', which forgets everything at the end.")
    var store = StoreKind.sqlite

    @Option(
        help: ArgumentHelp("The certificate chain in PEM; serves HTTPS. 'engram certificate' makes one for development.", valueName: "file")
    )
    var tlsCertificate: String?

    @Option(help: ArgumentHelp("The certificate's private key in PEM.", valueName: "file"))
    var tlsKey: String?

    @Flag(help: "Asks nobody for a key. Only on a loopback address.")
    var noAuth = false

    @Flag(help: "Serves plain HTTP on an address that others can reach. Keys and memories then travel readable.")
    var insecurePlaintext = false

    @Option(
        help: ArgumentHelp(
            "A web page's origin that may use the API, such as https://app.example.com; may be repeated. '*' is all, without cookies.",
            valueName: "url"))
    var corsOrigin: [String] = []

    @Option(
        help: ArgumentHelp(
            "A JSON file with settings, read again at SIGHUP; docs/configuration.md lists them. Flags win over it.", valueName: "file"))
    var config: String?

    @Option(help: "How many tasks work at once; 0 accepts memories and ingests none. (default: 64)")
    var workers: Int?

    @Option(help: "How many of them may be one project's. (default: all)")
    var workersPerProject: Int?

    @OptionGroup var streams: StreamOptions

    @OptionGroup var extraction: ExtractorOptions

    @OptionGroup var tasks: RetentionOptions

    @Option(
        help: ArgumentHelp(
            "How long the tickets in stream URLs are valid. A shorter one holds for those made before, too.", valueName: "duration"))
    var ticketLifetime = DurationArgument(.seconds(24 * 3600))

    @Option(
        help: ArgumentHelp(
            "How long a stream's connection may last, less up to a fifth; it then tells its client to come back. 0 is for ever. (default: 4h)",
            valueName: "duration"))
    var streamMaxAge: DurationArgument?

    @Option(help: ArgumentHelp("How long running tasks may go on after SIGTERM.", valueName: "duration"))
    var grace = DurationArgument(.seconds(10))

    @Option(help: ArgumentHelp("The most bytes a request's body may have.", valueName: "bytes"))
    var bodyLimit = 10 << 20

    @Option(help: "How much is logged: trace, debug, info, notice, warning, error or critical.")
    var logLevel = Logger.Level.info

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port must be from 0 to 65535.") }
        guard (0...100_000).contains(workers ?? 0) else { throw ValidationError("--workers must be from 0 to 100000.") }
        guard (1...100_000).contains(workersPerProject ?? 1) else {
            throw ValidationError("--workers-per-project must be from 1 to 100000.")
        }
        guard bodyLimit > 0 else { throw ValidationError("--body-limit must be above 0.") }
        guard (tlsCertificate == nil) == (tlsKey == nil) else { throw ValidationError("--tls-certificate and --tls-key go together.") }
        guard (1...315_360_000).contains(ticketLifetime.duration.components.seconds) else {
            throw ValidationError("--ticket-lifetime must be from 1s to 3650d.")
        }
        guard !host.isEmpty else { throw ValidationError("--host must be an address or a name.") }
        for origin in corsOrigin where origin != "*" && !Self.isOrigin(origin) {
            throw ValidationError("--cors-origin must be '*' or an origin such as https://app.example.com, not '\(origin)'.")
        }
        if noAuth, corsOrigin.contains("*") {
            throw ValidationError("--no-auth with --cors-origin '*' would let every web page in; name the origins.")
        }
        if noAuth, !isLoopback { throw ValidationError("--no-auth is possible on a loopback address only, not on \(host).") }
        if !isLoopback, tlsCertificate == nil, !insecurePlaintext {
            throw ValidationError(
                "\(host) can be reached by others: give --tls-certificate and --tls-key, or say --insecure-plaintext if a proxy in front does the encryption."
            )
        }
    }

    var isLoopback: Bool { Loopback.contains(host) }

    /// `scheme://host[:port]` and nothing behind it.
    private static func isOrigin(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 3 && (parts[0] == "http:" || parts[0] == "https:") && parts[1].isEmpty && !parts[2].isEmpty
    }

    func run() async throws {
        do {
            try await Server(self).run()
        } catch {
            FileHandle.standardError.write(Data("engram: \(StartupFailure.sentence(for: error, serve: self))\n".utf8))
            throw ExitCode(1)
        }
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
