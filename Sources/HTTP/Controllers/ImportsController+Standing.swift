import Knowledge
import Persistence

/// How an import stands, apart from its task.
extension ImportsController {
    /// What has been taken of its file.
    static func taken(_ record: ImportRecord) -> [JSON.Member] {
        let digest = record.mark.bytes == 0 ? StreamingDigest.ofNothing : record.mark.digest
        return [
            .init("lines", JSON(record.mark.lines)), .init("bytes", JSON(record.mark.bytes)),
            .init("sha256", .string(StreamingDigest.hexadecimal(digest))),
            .init("complete", .bool(record.state != .open && record.fault == nil))
        ]
    }

    /// What became of the memories that are ingested.
    static func endings(_ record: ImportRecord) -> [JSON.Member] {
        let counts = record.counts
        return [
            .init("completed", JSON(counts.completed)), .init("failed", JSON(counts.failed)),
            .init("cancelled", JSON(counts.cancelled - counts.superseded)), .init("superseded", JSON(counts.superseded))
        ]
    }
}
