import Knowledge

/// The idempotency keys that were used, and what was answered.
struct KeptAnswers: Sendable {
    struct Key: Hashable, Sendable {
        let scope: ExactText
        let key: ExactText

        init(_ idempotency: Submission.Idempotency) {
            scope = ExactText(idempotency.scope)
            key = ExactText(idempotency.key)
        }
    }

    struct Answer: Sendable {
        let fingerprint: [UInt8]
        let bytes: [UInt8]
        let task: Identifier
        let usedAt: Timestamp
    }

    private var answers: [Key: Answer] = [:]

    /// - Throws: `idempotencyMismatch`.
    func answer(to idempotency: Submission.Idempotency) throws(StoreError) -> Answer? {
        guard let answer = answers[Key(idempotency)] else { return nil }
        guard answer.fingerprint == idempotency.fingerprint else {
            throw StoreError(.idempotencyMismatch, "The idempotency key was used with another body.")
        }
        return answer
    }

    mutating func keep(_ idempotency: Submission.Idempotency, answer: [UInt8], task: Identifier, at: Timestamp) {
        answers[Key(idempotency)] = Answer(fingerprint: idempotency.fingerprint, bytes: answer, task: task, usedAt: at)
    }

    /// Forgets the `limit` oldest of those first used before `moment`. O(answers · log answers).
    mutating func prune(before moment: Timestamp, limit: Int) -> Int {
        let old = answers.filter { $0.value.usedAt < moment }.sorted { $0.value.usedAt < $1.value.usedAt }.prefix(max(0, limit))
        for (key, _) in old { answers[key] = nil }
        return old.count
    }
}
