import Actors
import ArgumentParser
import Foundation
import Knowledge

/// A duration as people write it: `200ms`, `1.5s`, `2m`, or a bare number of seconds.
struct DurationArgument: ExpressibleByArgument {
    let duration: Duration

    init(_ duration: Duration) {
        self.duration = duration
    }

    init?(argument: String) {
        let units: [(suffix: String, milliseconds: Double)] = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)]
        let unit = units.first { argument.hasSuffix($0.suffix) }
        let digits = unit.map { String(argument.dropLast($0.suffix.count)) } ?? argument
        // Swift reads hexadecimal and scientific numbers, and words, too.
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }), let value = Double(digits), value < 1e9 else {
            return nil
        }
        // Rounded up: what is not nothing does not become nothing, which may mean "for ever".
        let microseconds = (value * (unit?.milliseconds ?? 1000) * 1000).rounded(.up)
        guard microseconds < 9e18 else { return nil }
        duration = .microseconds(Int64(microseconds))
    }

    var defaultValueDescription: String { "\(duration)" }
}

enum StoreKind: String, ExpressibleByArgument, CaseIterable {
    case sqlite, memory
}

enum ExtractorKind: String, ExpressibleByArgument, CaseIterable {
    case builtIn = "built-in"
    case paced
}

/// The flags by which the extractor is chosen.
struct ExtractorOptions: ParsableArguments {
    @Option(help: "What reads the memories: 'built-in', or 'paced', a stand-in for a slow model in demonstrations and tests.")
    var extractor = ExtractorKind.builtIn

    @Option(help: ArgumentHelp("paced: how long each part takes.", valueName: "duration"))
    var pacedDelay = DurationArgument(.milliseconds(200))

    @Option(help: "paced: how many parts it reports.")
    var pacedParts = 5

    @Option(help: "paced: the share of memories that fail, 0 to 1; which ones depends on their content alone.")
    var pacedFailureRate = 0.0

    func validate() throws {
        guard (1...10_000).contains(pacedParts) else { throw ValidationError("--paced-parts must be from 1 to 10000.") }
        guard (0...1).contains(pacedFailureRate) else { throw ValidationError("--paced-failure-rate must be from 0 to 1.") }
    }

    func makeExtractor() -> any Extractor {
        let builtIn = BuiltInExtractor(executor: DedicatedExecutor("extraction"))
        let chosen: any Extractor =
            switch extractor {
            case .builtIn: builtIn
            case .paced: PacedExtractor(base: builtIn, parts: pacedParts, delay: pacedDelay.duration, failureRate: pacedFailureRate)
            }
        // As ENGRAM_FAILPOINT does at a commit, for crash tests.
        guard let marker = ProcessInfo.processInfo.environment["ENGRAM_POISON"], !marker.isEmpty else { return chosen }
        return PoisonedExtractor(chosen, marker: marker)
    }
}
