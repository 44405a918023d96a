import ArgumentParser
import Knowledge

/// `engram key create`.
struct KeyCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Create a key. It is shown this one time.")

    @Argument(help: "What the key is for.")
    var name: String

    @Option(help: "viewer reads and streams; editor also writes memories; owner also manages projects and keys.")
    var role = Role.editor

    @Option(name: .customLong("project"), help: ArgumentHelp("A project that the key is for; repeatable. (default: all)", valueName: "id"))
    var projects: [String] = []

    @Option(help: ArgumentHelp("The days until the key ends. (default: never)", valueName: "days"))
    var expiresInDays: Int?

    @Flag(help: "Write the server's answer as JSON.")
    var json = false

    @OptionGroup(title: "Server") var location: ServerLocation

    enum Role: String, ExpressibleByArgument, CaseIterable, Sendable {
        case viewer, editor, owner
    }

    func validate() throws {
        if let days = expiresInDays, days < 1 { throw ValidationError("--expires-in-days takes a number from 1 on.") }
    }

    func run() async throws {
        var members: [JSON.Member] = [.init("name", JSON(name)), .init("role", JSON(role.rawValue))]
        if !projects.isEmpty { members.append(.init("projects", JSON(projects))) }
        if let expiresInDays { members.append(.init("expires_in_days", JSON(expiresInDays))) }
        let (location, json, body) = (location, json, JSON.object(members))
        try await runCommand {
            let answer = try await location.withClient { try await $0.send(.post, "/auth/keys", body: body) }.body
            if json {
                Terminal.print(answer.text)
                return
            }
            guard let key = answer["key"]?.string else { throw ContractError(description: "The server made a key but did not show it.") }
            // The key alone on standard output, so that it can be put where it belongs: KEY=$(engram key create ci)
            Terminal.print(key.printable)
            let end = answer["expires_at"]?.string.map { "until \($0)" } ?? "without end"
            Terminal.print(
                "Key \(answer["key_id"]?.string ?? "-") for '\(answer["name"]?.string ?? "")', \(end). Keep it now: it is not shown again."
                    .printable, to: .errors)
        }
    }
}
