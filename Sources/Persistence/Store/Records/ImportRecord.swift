package import Knowledge

/// An import as stored: the task that stands for it, how far its file has been taken in, and how those tasks stand that it made.
package struct ImportRecord: Sendable, Equatable {
    package enum State: Int, Sendable, CaseIterable {
        /// Takes lines.
        case open = 0
        /// Has all its lines, or will get no more: ends when its children have.
        case closed = 1
        /// Its task was cancelled; children may not be yet.
        case cancelled = 2
        /// Over, with all it made.
        case ended = 3
    }

    package var task: TaskRecord
    /// What the client calls it.
    package var name: String?
    package var state: State
    /// Whether its file may come in several uploads. One that may not ends with the request that made it.
    package var isResumable: Bool
    package var mark: ImportMark
    /// How long the file is, when the client said so.
    package var totalBytes: Int?
    /// Why it was closed before its file was complete.
    package var fault: String?
    package var counts: ImportCounts
    /// The sums of its children's receipts.
    package var receipt: Receipt
    /// How many children completed and found nothing.
    package var barren: Int
    /// When a batch was last accepted, or the state changed.
    package var changedAt: Timestamp

    package init(
        task: TaskRecord, name: String?, state: State, isResumable: Bool, mark: ImportMark, totalBytes: Int?, fault: String?,
        counts: ImportCounts, receipt: Receipt, barren: Int, changedAt: Timestamp
    ) {
        self.task = task
        self.name = name
        self.state = state
        self.isResumable = isResumable
        self.mark = mark
        self.totalBytes = totalBytes
        self.fault = fault
        self.counts = counts
        self.receipt = receipt
        self.barren = barren
        self.changedAt = changedAt
    }
}

extension ImportRecord {
    /// Which children a retry of the import tries again: not superseded ones, whose memories have other tasks.
    package var statusesToRetry: [TaskStatus] {
        (counts.failed > 0 ? [.failed] : []) + (task.status == .cancelled && counts.cancelled > counts.superseded ? [.cancelled] : [])
    }

    /// Why the import can't be retried, as one sentence; `nil` when it can.
    package var obstacleToRetry: String? {
        guard task.status.isTerminal else { return "The import has not ended: only a failed or cancelled one can be retried." }
        guard task.status != .completed else { return "The import has succeeded: only a failed or cancelled one can be retried." }
        guard state == .ended else { return "What the import made is still being cancelled; try again in a moment." }
        // A file that is complete has nothing missing: its children may all have been tried again alone.
        guard !statusesToRetry.isEmpty || fault == nil else {
            return "No memory of this import failed: what is missing is the rest of its file. Send that again as a new import."
        }
        return nil
    }

    /// What an import says that was cancelled while its file was on the way.
    package static let cancelledFault = "The import was cancelled before its file was complete."
}

/// How much of a file has been taken in: always whole lines.
package struct ImportMark: Sendable, Equatable {
    package var lines: Int
    package var bytes: Int
    /// Of those bytes; what it is made with is the uploader's business.
    package var digest: [UInt8]

    package init(lines: Int = 0, bytes: Int = 0, digest: [UInt8] = []) {
        self.lines = lines
        self.bytes = bytes
        self.digest = digest
    }
}

/// What became of an import's lines and of the tasks that it made. Changed in the transactions that change those.
package struct ImportCounts: Sendable, Equatable {
    /// Lines that made a memory.
    package var accepted = 0
    /// Lines that gave a memory a new version.
    package var revised = 0
    /// Lines whose `external_id` was known with the same content, which had failed or been cancelled: it has another task.
    package var retried = 0
    /// Other lines whose `external_id` was known with the same content.
    package var unchanged = 0
    /// Lines that could not be accepted.
    package var rejected = 0
    /// Children that have ended, by how.
    package var completed = 0
    package var failed = 0
    package var cancelled = 0
    /// Those of the cancelled whose memories got a newer version before they were worked on, as by a later line of the same file. Nothing is lost with
    /// them, and they can't be retried.
    package var superseded = 0

    package init() {}

    /// The tasks that the import made.
    package var children: Int { accepted + revised + retried }
    package var ended: Int { completed + failed + cancelled }
    /// Lines that were not blank.
    package var memories: Int { children + unchanged + rejected }
    /// Those of them that nothing more will happen to.
    package var settled: Int { ended + unchanged + rejected }
}
