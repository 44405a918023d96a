import ArgumentParser
import Foundation

/// What is started, and where.
struct ServerOptions: ParsableArguments, Sendable {
    @Option(help: ArgumentHelp("The server to start, a release build.", valueName: "path"))
    var serverBinary: String

    @Option(help: "The first server's port; every further one takes the next.")
    var portBase = 18_100

    @Option(help: ArgumentHelp("Where data directories are made; has to be on a real disk.", valueName: "directory"))
    var scratch = NSTemporaryDirectory()

    @Option(help: "An argument to add to every server's; may be repeated.")
    var serverArgument: [String] = []

    func validate() throws {
        guard FileManager.default.isExecutableFile(atPath: serverBinary) else {
            throw ValidationError("\(serverBinary) is not an executable file.")
        }
        guard (1024...65_000).contains(portBase) else { throw ValidationError("--port-base is 1024 to 65000.") }
    }
}
