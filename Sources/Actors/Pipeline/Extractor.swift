package import Knowledge

/// Turns an episode into knowledge: the slow part of the pipeline, and the one that can be replaced.
///
/// An extractor depends on the episode alone, so that any number of them run at once and a repeated one gives the same.
/// It heeds cancellation of its task within a part.
package protocol Extractor: Sendable {
    /// Whether what it finds is dear (a model's answer is): it is then written down before it is used, and not asked for again after a restart.
    var isDear: Bool { get }
    /// - Parameter progress: to be called after each part of an episode that has more than one, with the parts done so far and their number.
    /// - Throws: ``ExtractionError``, `CancellationError`.
    func extract(_ episode: Episode, progress: @Sendable (_ done: Int, _ total: Int) async -> Void) async throws -> Extraction
}

extension Extractor {
    package var isDear: Bool { false }
}

/// Why an extractor gave up.
package struct ExtractionError: Error, Sendable, CustomStringConvertible {
    /// One sentence for the person who saved the memory.
    package var message: String
    /// Whether another attempt may succeed, and when.
    package var failure: FailureClass

    package init(_ message: String, _ failure: FailureClass) {
        self.message = message
        self.failure = failure
    }

    package var description: String { message }
}
