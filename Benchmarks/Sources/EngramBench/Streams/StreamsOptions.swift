import ArgumentParser

struct StreamsOptions: ParsableArguments, Sendable {
    @OptionGroup(title: "The server") var server: ServerOptions

    @Option(help: "What to measure; may be repeated. Default: all, in this order.")
    var scenario: [StreamScenarioName] = []

    @Option(help: ArgumentHelp("The configuration of nginx with nchan that is filled in.", valueName: "file"))
    var nchan = "Benchmarks/Peers/nchan.conf"

    @Option(help: "How often each is measured, Engram and nchan in turns.")
    var runs = 3

    @Option(help: "audience, distinct, posts: streams.")
    var subscribers = 19_000

    @Option(help: "audience: changes that are shown to all of them.")
    var changes = 10

    @Option(help: "audience: milliseconds from change to change.")
    var pause = 1500

    @Option(help: "burst: subscribers.")
    var listeners = 1000

    @Option(help: "burst: changes back to back.")
    var parts = 300

    @Option(help: "stages: tasks, each with a subscriber.")
    var tasks = 1000

    @Option(help: "stages: posts per second.")
    var rate = 50.0

    @Option(help: "terminals: how many endings at least are delivered.")
    var endings = 1_000_000

    @Option(help: "posts: seconds of each measurement.")
    var seconds = 5.0

    @Option(help: "http2: streams.")
    var multiplexed = 100_000

    @Option(help: "http2: connections that carry them.")
    var connections = 1000

    @Option(help: "http2: changes that are shown to all of them.")
    var multiplexedChanges = 5

    @Option(help: "http2: milliseconds from change to change.")
    var multiplexedPause = 8000

    @Option(help: ArgumentHelp("Write all figures to this file, too.", valueName: "file"))
    var json: String?

    func validate() throws {
        let counts = [
            runs, subscribers, changes, pause, listeners, parts, tasks, endings, multiplexed, connections, multiplexedChanges,
            multiplexedPause
        ]
        guard counts.allSatisfy({ $0 > 0 }), rate > 0, seconds > 0 else {
            throw ValidationError("Counts, seconds and rates have to be greater than zero.")
        }
    }
}
