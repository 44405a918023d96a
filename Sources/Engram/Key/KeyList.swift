import ArgumentParser
import Knowledge

/// `engram key list`.
struct KeyList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the keys.")

    @Flag(help: "Write the server's answer as JSON.")
    var json = false

    @OptionGroup(title: "Server") var location: ServerLocation

    func run() async throws {
        let (location, json) = (location, json)
        try await runCommand {
            let answer = try await location.withClient { try await $0.send(.get, "/auth/keys") }.body
            if json {
                Terminal.print(answer.text)
            } else {
                for line in Self.table(answer.array ?? []).lines { Terminal.print(line) }
            }
        }
    }

    /// The keys as the server lists them, in rows.
    static func table(_ keys: [JSON]) -> Table {
        var table = Table(header: ["ID", "NAME", "ROLE", "KEY", "CREATED", "EXPIRES"])
        for key in keys {
            table.rows.append([
                key["key_id"]?.string ?? "-", key["name"]?.string ?? "-", role(key), key["key"]?.string ?? "-",
                key["created_at"]?.string.map(day) ?? "-", key["expires_at"]?.string.map(day) ?? "never"
            ])
        }
        return table
    }

    private static func role(_ key: JSON) -> String {
        if let role = key["role"]?.string { return role }
        let permissions = (key["permissions"]?.array ?? []).compactMap(\.string)
        if permissions.contains("admin") { return "owner" }
        return permissions.contains("write") ? "editor" : "viewer"
    }

    private static func day(_ timestamp: String) -> String { String(timestamp.prefix(10)) }
}
