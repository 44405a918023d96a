import Actors
import ArgumentParser

/// The flags that say for how long finished tasks are kept.
struct RetentionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How long finished tasks are kept; 0 is for ever. A memory keeps its state although its task is gone.", valueName: "duration"))
    var taskRetention = DurationArgument(.seconds(7 * 24 * 3600))

    @Option(help: "How many finished tasks are kept at most, the newest; 0 is all.")
    var taskLimit = 1_000_000

    func validate() throws {
        guard taskLimit >= 0 else { throw ValidationError("--task-limit must be 0 or more.") }
    }

    var retention: TaskRetention {
        var retention = TaskRetention()
        retention.age = taskRetention.duration == .zero ? nil : taskRetention.duration
        retention.limit = taskLimit == 0 ? nil : taskLimit
        return retention
    }
}
