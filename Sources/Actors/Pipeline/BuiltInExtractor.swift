package import Knowledge

/// The deterministic extractor that needs no model.
package struct BuiltInExtractor: Extractor {
    private let text = TextExtractor()
    private let executor: DedicatedExecutor?

    /// - Parameter executor: where long episodes are read, so that they don't hold up the actors; `nil` reads them in place.
    package init(executor: DedicatedExecutor? = nil) {
        self.executor = executor
    }

    package func extract(_ episode: Episode, progress: @Sendable (Int, Int) async -> Void) async throws -> Extraction {
        let parts = text.parts(of: episode)
        guard parts.count > 1 else { return text.merge(parts.map(text.extract), of: episode) }
        return try await withTaskExecutorPreference(executor) {
            var extractions: [Extraction] = []
            for (index, part) in parts.enumerated() {
                try Task.checkCancellation()
                extractions.append(text.extract(part))
                await progress(index + 1, parts.count)
                await Task.yield()
            }
            return text.merge(extractions, of: episode)
        }
    }
}
