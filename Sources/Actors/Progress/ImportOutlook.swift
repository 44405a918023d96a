package import Knowledge
package import Persistence

/// What is still to come of an import: of one whose file is on its way, taken on from what has come.
package struct ImportOutlook: Sendable, Equatable {
    /// How long nothing may have come of a file before nobody knows when it will go on, in seconds.
    package static let patience = 15.0

    /// The tasks that have to end.
    package var children: Int
    /// Seconds until the file has been taken in, 0 when it has.
    package var upload: Double

    /// `nil` when nobody knows: how long the file is was not said, nothing of it has come yet, or nothing for some time.
    package init?(_ record: ImportRecord, at now: Timestamp) {
        let left = record.counts.children - record.counts.ended
        switch record.state {
        case .closed: (children, upload) = (left, 0)
        case .cancelled, .ended: return nil
        case .open:
            guard let total = record.totalBytes, let begun = record.task.startedAt, record.mark.bytes > 0 else { return nil }
            let idle = record.changedAt.seconds(until: now)
            guard idle < Self.patience else { return nil }
            // As much for each byte to come as for each that has come.
            let more = Double(max(0, total - record.mark.bytes)) / Double(record.mark.bytes)
            children = left + Int((Double(record.counts.children) * more).rounded())
            upload = max(0, begun.seconds(until: record.changedAt) * more - idle)
        }
    }
}
