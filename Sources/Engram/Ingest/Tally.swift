import Knowledge

/// How a memory, or an input of many, ended, as far as the run is concerned.
enum Outcome: Equatable, Sendable {
    case completed(Receipt)
    case failed
    case cancelled
    /// Malformed, or refused by the server.
    case rejected
    /// Submitted, and not to be watched.
    case submitted
    /// The server had it already, under its `external_id`.
    case unchanged
    /// Submitted so long ago that its task cannot be learnt any more.
    case unwatched
    /// A whole input, with these sums.
    case imported(Tally)
}

/// The sums of a run.
struct Tally: Equatable, Sendable {
    var completed = 0
    var failed = 0
    var cancelled = 0
    var rejected = 0
    var submitted = 0
    var unchanged = 0
    /// Given newer content, as by a later line of the same input, before they were ingested.
    var superseded = 0
    /// Submitted by an earlier part of the run that was interrupted so long ago that they cannot be asked for again.
    var unwatched = 0
    /// Of all that completed.
    var receipt = Receipt()

    static let fields: [(name: String, path: any WritableKeyPath<Tally, Int> & Sendable)] = [
        ("completed", \.completed), ("failed", \.failed), ("cancelled", \.cancelled), ("rejected", \.rejected),
        ("submitted", \.submitted), ("unchanged", \.unchanged), ("superseded", \.superseded), ("unwatched", \.unwatched),
        ("entities_created", \.receipt.entitiesCreated), ("entities_merged", \.receipt.entitiesMerged),
        ("relationships_created", \.receipt.relationshipsCreated), ("facts_invalidated", \.receipt.factsInvalidated)
    ]

    /// All memories in it.
    var memories: Int { completed + failed + cancelled + rejected + submitted + unchanged + superseded + unwatched }
    /// Whether the run is to end with an exit code that says so.
    var hasFailures: Bool { failed + cancelled + rejected > 0 }

    mutating func add(_ outcome: Outcome) {
        switch outcome {
        case .completed(let receipt):
            completed += 1
            self.receipt += receipt
        case .failed: failed += 1
        case .cancelled: cancelled += 1
        case .rejected: rejected += 1
        case .submitted: submitted += 1
        case .unchanged: unchanged += 1
        case .unwatched: unwatched += 1
        case .imported(let tally):
            for field in Self.fields { self[keyPath: field.path] += tally[keyPath: field.path] }
        }
    }

    /// The same, of an upload whose outcome nobody knows any more.
    var forgotten: Tally {
        var tally = self
        tally.unwatched += submitted
        tally.submitted = 0
        return tally
    }

    var json: [JSON.Member] { Self.fields.map { .init($0.name, JSON(self[keyPath: $0.path])) } }

    init() {}

    init(json: JSON) {
        for field in Self.fields { self[keyPath: field.path] = max(0, Int(json[field.name]?.integer ?? 0)) }
    }
}
