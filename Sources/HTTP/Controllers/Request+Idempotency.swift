import HTTPTypes
import Hummingbird
import Knowledge
import NIOCore
import Persistence

/// `Idempotency-Key`: the same request gets the same answer, for a day.
extension Request {
    private static let idempotencyKey = HTTPField.Name("Idempotency-Key")
    private static let idempotencyReplayed = HTTPField.Name("Idempotency-Replayed")

    /// The client's key, if it sent one.
    /// - Parameters:
    ///   - body: of the request; another one under the same key is refused.
    ///   - answer: what a first request is going to be answered with, to be given again to the letter; nothing if it is made anew from
    ///     what it is about.
    ///   - revisionAnswer: the same for one that revises a memory.
    /// - Throws: 400.
    func idempotency(
        of principal: Principal, body: ByteBuffer, answer: [UInt8] = [], revisionAnswer: (@Sendable (MemoryRecord) -> [UInt8])? = nil
    ) throws(Problem) -> Submission.Idempotency? {
        guard let name = Self.idempotencyKey, let key = headers[name] else { return nil }
        guard (1...255).contains(key.utf8.count) else { throw Problem(.badRequest, "An Idempotency-Key must have 1 to 255 characters.") }
        let path = uri.path.split(separator: "/").joined(separator: "/")
        return Submission.Idempotency(
            scope: "\(principal.authorID) \(path)", key: key, fingerprint: Digest.sha256(Array(body.readableBytesView)), answer: answer,
            revisionAnswer: revisionAnswer)
    }

    /// What says that an answer was given before.
    static var replayedHeaders: HTTPFields { idempotencyReplayed.map { [$0: "true"] } ?? [:] }
}
