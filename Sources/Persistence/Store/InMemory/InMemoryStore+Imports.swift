package import Knowledge

extension InMemoryStore {
    package func beginImport(_ submission: ImportSubmission) async throws -> ImportRecord { try access { try $0.beginImport(submission) } }

    package func importRecord(of task: Identifier) async throws -> ImportRecord? { try access { $0.importRecord(of: task) } }

    package func unfinishedImports() async throws -> [ImportRecord] { try access { $0.unfinishedImports() } }

    package func acceptBatch(_ batch: ImportBatch) async throws -> BatchAcceptance { try access { try $0.accept(batch) } }

    package func closeImport(_ task: TaskNumber, fault: String, at: Timestamp) async throws -> ImportRecord {
        try access { try $0.closeImport(task, fault: fault, at: at) }
    }

    package func finishImport(_ record: ImportRecord, _ ending: TaskEnding) async throws -> TaskRecord {
        try access { try $0.finishImport(record, ending) }
    }

    package func reopenImport(_ task: Identifier, at: Timestamp) async throws -> (record: ImportRecord, children: [TaskStatus]) {
        try access { try $0.reopenImport(task, at: at) }
    }

    package func cancelChildren(of task: TaskNumber, after last: TaskNumber, limit: Int, at: Timestamp) async throws -> CancelledChildren {
        try access { $0.cancelChildren(of: task, after: last, limit: limit, at: at) }
    }

    package func importFailures(of task: TaskNumber, limit: Int) async throws -> [ImportFailure] {
        try access { $0.importFailures(of: task, limit: limit) }
    }

    package func rejectedLines(of task: TaskNumber, after line: Int, limit: Int) async throws -> [RejectedLine] {
        try access { $0.rejectedLines(of: task, after: line, limit: limit) }
    }

    package func importedMemories(of task: TaskNumber, after last: MemoryNumber, limit: Int) async throws -> [ImportedMemory] {
        try access { $0.importedMemories(of: task, after: last, limit: limit) }
    }

    /// What hangs on an import goes with its task here.
    package func pruneImports(limit: Int) async throws -> Int { try access { _ in 0 } }
}
