package import Knowledge

/// Stands for a slow model in demonstrations, tests and load benchmarks: it reports a number of parts, each after a delay,
/// fails for some episodes, and otherwise finds what ``BuiltInExtractor`` finds.
package struct PacedExtractor: Extractor {
    package let isDear = true
    private let base: any Extractor
    private let delay: Duration
    private let parts: Int
    private let failureRate: Double
    private let seed: UInt64
    private let clock: any Clock<Duration>

    /// - Parameters:
    ///   - parts: how many are reported, at least 1.
    ///   - delay: how long each of them takes.
    ///   - failureRate: the share of episodes that fail, 0…1; which ones depends on their content and `seed` alone.
    package init(
        base: any Extractor, parts: Int, delay: Duration, failureRate: Double = 0, seed: UInt64 = 1,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.base = base
        self.parts = max(1, parts)
        self.delay = delay
        self.failureRate = failureRate
        self.seed = seed
        self.clock = clock
    }

    package func extract(_ episode: Episode, progress: @Sendable (Int, Int) async -> Void) async throws -> Extraction {
        let fails = Double(digest(of: episode.content) >> 11) / Double(1 << 53) < failureRate
        for part in 1...parts {
            try await clock.sleep(for: delay)
            if fails, part > parts / 2 {
                throw ExtractionError(
                    "The paced extractor failed on part \(part) of \(parts), as it was asked to for some memories.", .permanent)
            }
            await progress(part, parts)
        }
        return try await base.extract(episode) { _, _ in }
    }

    /// FNV-1a, 64 bit, then a final mix (MurmurHash3's finalizer) so that the upper bits are as good as the lower.
    private func digest(of content: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ seed
        for byte in content.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        hash = (hash ^ (hash >> 33)) &* 0xC4CE_B9FE_1A85_EC53
        return hash ^ (hash >> 33)
    }
}
