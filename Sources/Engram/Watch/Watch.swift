import ArgumentParser

/// `engram watch`: a task, live.
struct Watch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Watch a task live, until it has ended.",
        discussion: """
            Shows each stage as it comes, and reconnects by itself when the connection breaks or the server restarts.

            Exit codes: 0 completed, 1 failed, 3 the server cannot be reached, 4 not allowed, 5 cancelled, 6 unknown task, 64 wrong \
            usage, 130 interrupted.
            """)

    @Argument(help: ArgumentHelp("The task's id, or the URL of its stream.", valueName: "task"))
    var task: String

    @Flag(help: "Write one JSON object a line: progress, then completed, failed or cancelled.")
    var json = false

    @OptionGroup var patience: PatienceOption
    @OptionGroup(title: "Server") var location: ServerLocation

    func validate() throws {
        guard WatchTarget(task) != nil else { throw ValidationError("'\(task)' is neither a task's id nor the URL of its stream.") }
    }

    func run() async throws {
        guard let target = WatchTarget(task) else { return }
        let (location, json, patience) = (location, json, patience.duration)
        try await runCommand {
            let ending = try await location.withClient(for: target.address) { client in
                try await Self.watch(target, client, patience, TaskBoard(task: target.task, style: .current(json: json)))
            }
            switch ending {
            case .completed: return
            case .cancelled: throw ExitCode.cancelled
            case .failed, .progress: throw ExitCode.failed
            }
        }
    }

    private static func watch(
        _ target: WatchTarget, _ client: EngramClient, _ patience: Duration, _ board: TaskBoard
    ) async throws -> TaskUpdate.Kind {
        do {
            let follower = TaskFollower(client: client, patience: patience)
            let last = try await withTicker(
                calling: { await board.tick() },
                during: {
                    try await follower.follow(
                        target.task, path: target.path,
                        onTrouble: { await board.trouble($0) }, onUpdate: { await board.show($0) })
                })
            await board.end(last)
            return last.kind
        } catch let error as ProblemError where error.status == 404 {
            await board.clear()
            Terminal.print("engram: \(error.description.printable)", to: .errors)
            throw ExitCode.unknownTask
        } catch {
            await board.clear()
            throw error
        }
    }
}
