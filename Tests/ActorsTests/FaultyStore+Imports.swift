import Knowledge
import Persistence

extension FaultyStore {
    func beginImport(_ submission: ImportSubmission) async throws -> ImportRecord {
        try await beforeImports(.begin)
        return try await base.beginImport(submission)
    }
    func importRecord(of task: Identifier) async throws -> ImportRecord? {
        try await beforeImports(.read)
        let record = try await base.importRecord(of: task)
        try await beforeImports(.haveRead)
        return record
    }
    func unfinishedImports() async throws -> [ImportRecord] { try await base.unfinishedImports() }
    func acceptBatch(_ batch: ImportBatch) async throws -> BatchAcceptance { try await base.acceptBatch(batch) }
    func closeImport(_ task: TaskNumber, fault: String, at: Timestamp) async throws -> ImportRecord {
        try await base.closeImport(task, fault: fault, at: at)
    }
    func finishImport(_ record: ImportRecord, _ ending: TaskEnding) async throws -> TaskRecord {
        try await base.finishImport(record, ending)
    }
    func reopenImport(_ task: Identifier, at: Timestamp) async throws -> (record: ImportRecord, children: [TaskStatus]) {
        try await beforeImports(.reopen)
        return try await base.reopenImport(task, at: at)
    }
    func cancelChildren(of task: TaskNumber, after last: TaskNumber, limit: Int, at: Timestamp) async throws -> CancelledChildren {
        try await base.cancelChildren(of: task, after: last, limit: limit, at: at)
    }
    func importFailures(of task: TaskNumber, limit: Int) async throws -> [ImportFailure] {
        try await base.importFailures(of: task, limit: limit)
    }
    func rejectedLines(of task: TaskNumber, after line: Int, limit: Int) async throws -> [RejectedLine] {
        try await base.rejectedLines(of: task, after: line, limit: limit)
    }
    func importedMemories(of task: TaskNumber, after last: MemoryNumber, limit: Int) async throws -> [ImportedMemory] {
        try await base.importedMemories(of: task, after: last, limit: limit)
    }
    func pruneImports(limit: Int) async throws -> Int { try await base.pruneImports(limit: limit) }
}
