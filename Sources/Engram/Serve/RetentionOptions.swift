import ArgumentParser

/// The flags that say for how long finished tasks are kept.
struct RetentionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How long finished tasks are kept; 0 is for ever. A memory keeps its state although its task is gone. (default: 7d)",
            valueName: "duration"))
    var taskRetention: DurationArgument?

    @Option(help: "How many finished tasks are kept at most, the newest; 0 is all. (default: 1000000)")
    var taskLimit: Int?

    func validate() throws {
        guard (taskLimit ?? 0) >= 0 else { throw ValidationError("--task-limit must be 0 or more.") }
    }
}
