import ArgumentParser
import Knowledge

/// `engram key revoke`.
struct KeyRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Revoke a key. Its tickets end with it, and its open streams are closed.")

    @Argument(help: "The key's id, as 'engram key list' shows it.")
    var id: String

    @Flag(help: "Write the outcome as JSON.")
    var json = false

    @OptionGroup(title: "Server") var location: ServerLocation

    func run() async throws {
        let (location, id, json) = (location, id, json)
        try await runCommand {
            _ = try await location.withClient { try await $0.send(.delete, "/auth/keys/\(id.percentEncoded)") }
            let outcome: JSON = ["event": "revoked", "key_id": JSON(id)]
            Terminal.print(json ? outcome.text : "Revoked \(id.printable).")
        }
    }
}
