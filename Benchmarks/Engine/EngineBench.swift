import ArgumentParser

/// Measures parts of the engine by themselves, in one process and without a server. What a whole server does `engram-bench` measures.
@main
struct EngineBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine-bench", abstract: "Measures parts of the engine by themselves.",
        subcommands: [LeidenBench.self, SupervisionBench.self])
}
