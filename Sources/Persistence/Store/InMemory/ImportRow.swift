import Knowledge

/// An import with what hangs on it. What its record says of the task is filled in when it is read.
struct ImportRow: Sendable {
    struct Memory: Sendable {
        var line: Int
        var version: Int
        /// Whether the import made it, rather than giving it a new version.
        var isNew: Bool
    }

    var record: ImportRecord
    var rejected: [RejectedLine] = []
    var rejectedBytes = 0
    var memories: [MemoryNumber: Memory] = [:]

    mutating func change(to state: ImportRecord.State, at: Timestamp) {
        record.state = state
        record.changedAt = at
    }

    mutating func cancel(at: Timestamp) {
        if record.state == .open { record.fault = ImportRecord.cancelledFault }
        change(to: .cancelled, at: at)
    }

    mutating func add(_ receipt: Receipt) {
        record.receipt.add(receipt)
        if receipt.warning != nil { record.barren += 1 }
    }

    /// A child's status changes.
    mutating func child(from old: TaskStatus, to new: TaskStatus) {
        if let path = Self.count(of: old) { record.counts[keyPath: path] -= 1 }
        if let path = Self.count(of: new) { record.counts[keyPath: path] += 1 }
    }

    private static func count(of status: TaskStatus) -> WritableKeyPath<ImportCounts, Int>? {
        switch status {
        case .pending, .processing: nil
        case .completed: \.completed
        case .failed: \.failed
        case .cancelled: \.cancelled
        }
    }

    mutating func reject(_ line: Int, _ error: String, _ content: String?) {
        let kept = RejectedLine(line: line, error: error, content: content).kept(after: rejectedBytes)
        rejectedBytes += kept.content?.utf8.count ?? 0
        rejected.append(kept)
        record.counts.rejected += 1
    }
}

extension TaskRecord {
    /// The import whose counts it is in.
    var importParent: TaskNumber? { type == .addEpisode ? parent : nil }
}
