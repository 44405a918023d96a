import ArgumentParser

struct RunOptions: ParsableArguments, Sendable {
    @OptionGroup(title: "The server") var server: ServerOptions

    @Option(
        help: ArgumentHelp(
            "NDJSON of memories (content, content_type, title, occurred_at, metadata, …). Without it texts are made up.",
            valueName: "file"))
    var corpus: String?

    @Option(help: "What to run; may be repeated. Default: all, in this order.")
    var scenario: [ScenarioName] = []

    @Option(help: ArgumentHelp("Write the report to this file, too.", valueName: "file"))
    var json: String?

    @Option(help: "Keep-alive connections that post.")
    var connections = 64

    @Option(help: "accept: seconds to measure, after 2 s of warm-up.")
    var seconds = 10.0

    @Option(help: "accept: posts to measure, instead of --seconds.")
    var count: Int?

    @Option(help: "ingest, spread: episodes.")
    var episodes = 20_000

    @Option(help: "interactive: lines of the import that is taken in and worked off meanwhile.")
    var backlog = 100_000

    @Option(help: "interactive: single episodes posted meanwhile, at most.")
    var singles = 500

    @Option(help: "imports: lines of the import.")
    var lines = 1_000_000

    @Option(help: "growth, restart: episodes stored.")
    var stored = 200_000

    @Option(
        help: "growth: episodes per measured window, three windows at each end. Short ones measure the polling of /tasks/stats with them.")
    var window = 10_000

    @Option(help: "latency: tasks, each with a subscriber.")
    var tasks = 1000

    @Option(help: "latency: posts per second.")
    var rate = 50.0

    @Option(help: "eta: memories for the slow extractor; ten times as many for the built-in one.")
    var expected = 2000

    @Option(help: "fanout: subscribers of one task.")
    var subscribers = 5000

    func validate() throws {
        let counts = [connections, count ?? 1, episodes, backlog, singles, lines, stored, window, tasks, expected, subscribers]
        guard counts.allSatisfy({ $0 > 0 }), seconds > 0, rate > 0 else {
            throw ValidationError("Counts, seconds and rates have to be greater than zero.")
        }
    }
}
