import ArgumentParser

/// `--patience`.
struct PatienceOption: ParsableArguments {
    @Option(
        help: ArgumentHelp("How long to wait for a server that is away, counted from its last sign of life.", valueName: "duration"))
    var patience = DurationArgument(.seconds(300))

    var duration: Duration { patience.duration }
}
