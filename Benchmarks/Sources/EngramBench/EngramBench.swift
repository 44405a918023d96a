import ArgumentParser

@main
struct EngramBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engram-bench",
        abstract: "Measures an engram server, and verifies what it answered.",
        subcommands: [RunCommand.self, StreamsCommand.self])
}
