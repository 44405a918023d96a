import GRDB
import Knowledge
import Persistence

extension ImportRecord {
    static let columns = """
        \(TaskRecord.columns), i.name, i.state, i.is_resumable, i.lines, i.bytes, i.digest, i.total_bytes, i.fault, i.accepted, i.revised, \
        i.unchanged, i.rejected, i.completed, i.failed, i.cancelled, i.superseded, i.entities_created, i.entities_merged, \
        i.relationships_created, i.facts_invalidated, i.schema_added, i.communities_touched, i.barren, i.changed_at, i.retried
        """
    static let tables = "imports i CROSS JOIN \(TaskRecord.tables)"

    /// Reads ``columns``.
    init(_ cells: inout Cells) throws {
        self.init(
            task: try TaskRecord(&cells), name: try cells.next(), state: try cells.next(), isResumable: try cells.next(),
            mark: ImportMark(lines: try cells.next(), bytes: try cells.next(), digest: try cells.next()), totalBytes: try cells.next(),
            fault: try cells.next(), counts: ImportCounts(), receipt: Receipt(), barren: 0, changedAt: Timestamp(microseconds: 0))
        counts.accepted = try cells.next()
        counts.revised = try cells.next()
        counts.unchanged = try cells.next()
        counts.rejected = try cells.next()
        counts.completed = try cells.next()
        counts.failed = try cells.next()
        counts.cancelled = try cells.next()
        counts.superseded = try cells.next()
        receipt.entitiesCreated = try cells.next()
        receipt.entitiesMerged = try cells.next()
        receipt.relationshipsCreated = try cells.next()
        receipt.factsInvalidated = try cells.next()
        receipt.schemaAdded = try cells.next()
        receipt.communitiesTouched = try cells.next()
        barren = try cells.next()
        changedAt = try cells.next()
        counts.retried = try cells.next()
    }
}

extension ImportRecord.State: Storable {}

extension Database {
    func importRecord(_ task: TaskNumber) throws -> ImportRecord? {
        // The task comes second and is looked up by its number.
        try first("SELECT \(ImportRecord.columns) FROM \(ImportRecord.tables) WHERE i.task = ? AND t.number = i.task", task) {
            try ImportRecord(&$0)
        }
    }
}
