import ArgumentParser

/// The program.
@main
struct Engram: AsyncParsableCommand {
    /// What `--version` and `/health` say.
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "engram",
        abstract: "Takes memories, turns them into knowledge, and shows it live.",
        discussion: """
            Start a server with 'engram serve', feed it with 'engram ingest FILE', follow one task with 'engram watch TASK'.
            Every command explains itself: 'engram help serve'.
            """,
        version: version,
        subcommands: [Serve.self, Ingest.self, Watch.self, KeyCommand.self, CertificateCommand.self])
}
