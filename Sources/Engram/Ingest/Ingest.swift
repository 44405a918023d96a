import ArgumentParser
import Knowledge

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// `engram ingest`: submits memories and shows their way.
struct Ingest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest",
        abstract: "Submit memories from files or standard input, and watch them until they are ingested.",
        discussion: """
            A text or Markdown (.md, .markdown) or JSON (.json) file is one memory, titled with the file's name. NDJSON (.ndjson, \
            .jsonl) is one memory a line, with the fields of POST /memories/, and becomes one import at the server, which takes lines of \
            one project. Standard input (-) is NDJSON if its first line is a JSON object, else text. Inputs are submitted in their \
            order, each after the server has all of the one before.

            A line that cannot be accepted is told with its number, and the others go on. Lines with an external_id that the \
            project has already are left alone if they are the same, and are new versions of their memories if not.

            A run that was interrupted, by Ctrl-C, a crash, or a server that stayed away, goes on when the same command is given \
            again with the same inputs, and nothing is stored twice. Its journal lies in $XDG_STATE_HOME/engram/runs \
            (~/.local/state/engram/runs) until the run is done. Inputs that have changed since are refused, and so are imports of which \
            the server cannot tell any more how far they came: --new-run gives the interrupted run up and begins another.

            Exit codes: 0 all completed (with --no-wait: submitted), 1 something was rejected, failed or cancelled, 3 the server \
            cannot be reached, 4 not allowed, 64 wrong usage, 130 interrupted.
            """)

    @Argument(help: ArgumentHelp("Files to ingest; - is standard input.", valueName: "file"))
    var files: [String]

    @Option(help: "The project: its id or name. (default: the one that the first line of an NDJSON input names, else default)")
    var project: String?

    @Option(help: "interactive or bulk. (default: the server's choice)")
    var priority: Priority?

    @Option(help: "What the inputs hold: ndjson, text, markdown or json. (default: by the files' names)")
    var format: InputFormat?

    @Option(help: ArgumentHelp("Names the run in its idempotency keys, instead of a random id.", valueName: "id"))
    var runID: String?

    @Flag(help: "Give up a run of the same command that was interrupted, and begin a new one.")
    var newRun = false

    @Flag(name: .customLong("no-wait"), help: "Only submit; do not watch.")
    var noWait = false

    @Flag(
        help: ArgumentHelp(
            "Write one JSON object a line.",
            discussion: """
                Its event is, for a memory: accepted, progress, completed, failed, cancelled, rejected; for an import: import, progress, \
                rejected and failed with the line, import_ended; at the end: summary.
                """))
    var json = false

    @OptionGroup var patience: PatienceOption
    @OptionGroup(title: "Server") var location: ServerLocation

    enum Priority: String, ExpressibleByArgument, CaseIterable, Sendable {
        case interactive, bulk
    }

    func validate() throws {
        guard files.filter({ $0 == "-" }).count < 2 else { throw ValidationError("Standard input can be read only once.") }
        for file in files where file != "-" && access(file, R_OK) != 0 {
            throw ValidationError(FileError.last("read", file).description)
        }
        if let runID {
            guard !newRun else {
                throw ValidationError("--new-run gives the run a name of its own; to name it, give another --run-id alone.")
            }
            let isPlain = runID.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
            guard !runID.isEmpty, runID.utf8.count <= 100, isPlain else {
                throw ValidationError("A --run-id has 1 to 100 visible ASCII characters.")
            }
        }
    }

    func run() async throws {
        let command = self
        try await runCommand {
            let tally = try await command.location.withClient { try await command.ingest($0) }
            if tally.hasFailures { throw ExitCode.failed }
        }
    }

    private func ingest(_ client: EngramClient) async throws -> Tally {
        let plan = IngestPlan(
            paths: files, format: format, server: client.address.base, project: project ?? "", runID: runID,
            directory: Self.currentDirectory)
        let file = try Self.journalFile(plan.digest)
        let lookup = ProjectLookup(client: client, patience: patience.duration) { error in
            Terminal.print("engram: \("\(error)".printable) Trying again...", to: .errors)
        }
        var found: String?
        if let project { found = try await lookup.find(project) }
        var random = SystemRandomNumberGenerator()
        let fresh = RunJournal(
            runID: runID ?? Identifier(milliseconds: Timestamp.now.milliseconds, random: &random).description, startedAt: .now)
        let known = newRun ? nil : try await file?.load()
        let run = IngestRun(
            client: client, reader: InputReader(plan: plan, project: found, priority: priority?.rawValue), waits: !noWait,
            style: .current(json: json), patience: patience.duration, journal: known ?? fresh, isContinued: known != nil, file: file)
        return try await run.run()
    }

    /// - Returns: `nil`, after a warning, where no journal can be kept: a read-only home is no reason not to ingest.
    private static func journalFile(_ name: String) throws -> JournalFile? {
        guard let directory = JournalFile.directory else {
            Terminal.print("engram: HOME is not set: without a journal this run cannot be continued if it is interrupted.", to: .errors)
            return nil
        }
        do {
            return try JournalFile(directory: directory, name: name)
        } catch let error as FileError {
            Terminal.print("engram: \(error) Without a journal this run cannot be continued if it is interrupted.", to: .errors)
            return nil
        }
    }

    private static var currentDirectory: String {
        guard let path = getcwd(nil, 0) else { return "" }
        defer { free(path) }
        return String(cString: path)
    }
}
