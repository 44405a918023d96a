import ArgumentParser

/// `--patience`.
struct PatienceOption: ParsableArguments {
    @Option(
        help: ArgumentHelp("How long to wait for a server that is away, counted from its last sign of life.", valueName: "seconds"))
    var patience: Double = 300

    var duration: Duration { .seconds(patience) }

    func validate() throws {
        guard patience >= 0, patience < 1e9 else { throw ValidationError("--patience takes a number of seconds from 0 on.") }
    }
}
