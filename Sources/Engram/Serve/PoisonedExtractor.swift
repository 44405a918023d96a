import Actors
import Foundation
import Knowledge

/// Kills the process while it extracts a text that holds a marker: the poison memory of crash tests.
struct PoisonedExtractor: Extractor {
    private let base: any Extractor
    private let marker: String

    var isDear: Bool { base.isDear }

    init(_ base: any Extractor, marker: String) {
        self.base = base
        self.marker = marker
    }

    func extract(_ episode: Episode, progress: @Sendable (Int, Int) async -> Void) async throws -> Extraction {
        if episode.content.contains(marker) { kill(getpid(), SIGKILL) }
        return try await base.extract(episode, progress: progress)
    }
}
