import Knowledge
import Persistence
import Testing

extension Trial {
    func begin(in project: ProjectRecord, isResumable: Bool = false, at seconds: Int64 = 1) async throws -> ImportRecord {
        try await store.beginImport(ImportSubmission(id: newID(), project: project.number, isResumable: isResumable, at: at(seconds)))
    }

    func line(_ number: Int, _ content: String, of record: ImportRecord, externalID: String? = nil, priority: TaskPriority = .bulk)
        -> ImportLine
    {
        ImportLine(
            number: number,
            content: .memory(submission(to: record.task.project, content, externalID: externalID, priority: priority, at: 10)))
    }

    func bad(_ number: Int, _ error: String = "It is no JSON.", content: String? = "{") -> ImportLine {
        ImportLine(number: number, content: .rejected(error: error, content: content))
    }

    /// A batch of lines behind what is there, ten bytes a line.
    func batch(_ lines: [ImportLine], of record: ImportRecord, isLast: Bool = false, at seconds: Int64 = 20) -> ImportBatch {
        let last = lines.last?.number ?? record.mark.lines
        return ImportBatch(
            task: record.task.number, lines: lines, base: record.mark.bytes,
            mark: ImportMark(lines: last, bytes: last * 10, digest: [UInt8(truncatingIfNeeded: last), 7]), isLast: isLast, at: at(seconds))
    }

    /// A closed import of as many memories, none of which has been worked on.
    func imported(_ count: Int, in project: ProjectRecord) async throws -> ImportRecord {
        let record = try await begin(in: project)
        let lines = (1...count).map { line($0, "Line \($0)", of: record) }
        return try await store.acceptBatch(batch(lines, of: record, isLast: true)).record
    }

    func record(of task: TaskRecord, at location: SourceLocation = #_sourceLocation) async throws -> ImportRecord {
        try #require(await store.importRecord(of: task.id), sourceLocation: location)
    }
}
