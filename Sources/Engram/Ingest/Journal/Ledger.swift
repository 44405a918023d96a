import Knowledge

/// A place between two of a run's inputs: everything before it is done with.
struct Mark: Equatable, Sendable {
    var count = 0
    /// Of the inputs up to here, to notice on continuing that they have changed.
    var digest = Digest()
}

/// What became of each input of a run, in their order. They end in any order; what is behind the first that has not is
/// remembered one by one, everything before it only as sums.
struct Ledger: Sendable {
    /// An input's place among the inputs, from 0.
    typealias Ordinal = Int

    private struct Entry {
        let digest: Digest
        var state: State
    }

    private enum State {
        case waiting
        case accepted
        case settled(Outcome)
    }

    /// Everything before it has ended.
    private(set) var settled: Mark
    /// Everything before it has at least been submitted or rejected.
    private(set) var accepted: Mark
    /// The sums of what lies before ``settled``.
    private(set) var settledTally: Tally
    /// The sums of everything that has ended.
    private(set) var tally: Tally
    /// How many have been submitted or rejected, wherever they stand.
    private(set) var answered: Int

    private var entries = Fifo<Entry>()

    /// - Parameters:
    ///   - mark: where the run goes on.
    ///   - tally: the sums up to there.
    init(from mark: Mark = Mark(), tally: Tally = Tally()) {
        settled = mark
        accepted = mark
        settledTally = tally
        self.tally = tally
        answered = mark.count
    }

    /// How many have been read.
    var count: Int { settled.count + entries.count }

    mutating func append(_ digest: Digest) -> Ordinal {
        entries.append(Entry(digest: digest, state: .waiting))
        return count - 1
    }

    /// The server took it; its task is under way.
    mutating func accept(_ ordinal: Ordinal) {
        guard case .waiting? = entries[ordinal - settled.count]?.state else { return }
        entries[ordinal - settled.count]?.state = .accepted
        answered += 1
        advance()
    }

    /// It has ended.
    /// - Returns: whether that is news.
    @discardableResult
    mutating func settle(_ ordinal: Ordinal, _ outcome: Outcome) -> Bool {
        guard let entry = entries[ordinal - settled.count] else { return false }
        switch entry.state {
        case .settled: return false
        case .waiting: answered += 1
        case .accepted: break
        }
        entries[ordinal - settled.count]?.state = .settled(outcome)
        tally.add(outcome)
        advance()
        return true
    }

    private mutating func advance() {
        while let entry = entries[accepted.count - settled.count] {
            if case .waiting = entry.state { break }
            accepted = Mark(count: accepted.count + 1, digest: entry.digest)
        }
        while let entry = entries[0], case .settled(let outcome) = entry.state {
            _ = entries.popFirst()
            settled = Mark(count: settled.count + 1, digest: entry.digest)
            settledTally.add(outcome)
        }
    }
}
