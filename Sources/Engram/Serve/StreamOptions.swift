import ArgumentParser

/// The flags that say how many streams may be open at once.
struct StreamOptions: ParsableArguments {
    @Option(
        help: """
            How many streams may be open at once; 0 is without limit. Who comes then is told the state of the moment and when to come back. (default: as \
            many as the process may open files, less what the rest needs)
            """)
    var streams: Int?

    @Option(help: "How many of them with one key, or with tickets that it made; 0 is without limit. (default: 0)")
    var streamsPerKey: Int?

    @Option(
        help: """
            How many of them from one IPv4 address or IPv6 network (/64); 0 is without limit. A proxy in front is one address. (default: 0)
            """)
    var streamsPerAddress: Int?

    func validate() throws {
        for (name, value) in [("streams", streams), ("streams-per-key", streamsPerKey), ("streams-per-address", streamsPerAddress)] {
            guard (value ?? 0) >= 0 else { throw ValidationError("--\(name) must be 0 or more.") }
        }
    }
}
