import ArgumentParser

/// `engram key`: access keys.
struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Create, list and revoke access keys.",
        discussion: """
            Needs an owner's key; on the server's machine the one in its data directory is used.

            Exit codes: 0 done, 1 refused, 3 the server cannot be reached, 4 not allowed, 64 wrong usage, 130 interrupted.
            """,
        subcommands: [KeyCreate.self, KeyList.self, KeyRevoke.self])
}
