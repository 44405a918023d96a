package import Knowledge

/// An import on its way in, before its first line; ids and times are the caller's.
package struct ImportSubmission: Sendable {
    package var id: Identifier
    package var project: ProjectNumber
    package var name: String?
    package var isResumable: Bool
    package var totalBytes: Int?
    package var at: Timestamp
    /// Its ``Submission/Idempotency/answer`` is not needed: an import that was made before is answered with as it stands.
    package var idempotency: Submission.Idempotency?

    package init(
        id: Identifier, project: ProjectNumber, name: String? = nil, isResumable: Bool, totalBytes: Int? = nil, at: Timestamp,
        idempotency: Submission.Idempotency? = nil
    ) {
        self.id = id
        self.project = project
        self.name = name
        self.isResumable = isResumable
        self.totalBytes = totalBytes
        self.at = at
        self.idempotency = idempotency
    }
}

/// Some lines of an import's file, to be accepted in one transaction with the mark behind them.
package struct ImportBatch: Sendable {
    package var task: TaskNumber
    /// In order; blank ones are left out.
    package var lines: [ImportLine]
    /// Where the batch begins: the bytes of the mark that it goes on from.
    package var base: Int
    package var mark: ImportMark
    package var totalBytes: Int?
    /// Whether the file ends here: the import is closed in the same transaction.
    package var isLast: Bool
    package var at: Timestamp

    package init(
        task: TaskNumber, lines: [ImportLine], base: Int, mark: ImportMark, totalBytes: Int? = nil, isLast: Bool = false, at: Timestamp
    ) {
        self.task = task
        self.lines = lines
        self.base = base
        self.mark = mark
        self.totalBytes = totalBytes
        self.isLast = isLast
        self.at = at
    }
}

/// One line of an import's file that is not blank.
package struct ImportLine: Sendable {
    package enum Content: Sendable {
        /// ``Submission/parent`` is the store's to set.
        case memory(Submission)
        /// What is wrong with it, as a sentence, and the line itself, unless it is too long to be kept.
        case rejected(error: String, content: String?)
    }

    /// From 1.
    package var number: Int
    package var content: Content

    package init(number: Int, content: Content) {
        self.number = number
        self.content = content
    }
}

/// What became of an ``ImportBatch``. Whatever it says is durable.
package struct BatchAcceptance: Sendable {
    /// The import afterwards.
    package var record: ImportRecord
    /// How many tasks have joined each lane.
    package var lanes: [Lane: Int]
    /// Tasks that the batch ended because their memories have newer ones now.
    package var superseded: [TaskRecord]

    package init(record: ImportRecord, lanes: [Lane: Int], superseded: [TaskRecord] = []) {
        self.record = record
        self.lanes = lanes
        self.superseded = superseded
    }
}

/// A line that an import could not accept.
package struct RejectedLine: Sendable, Equatable {
    /// How many bytes of content are kept for a line.
    package static let contentLimit = 1 << 20
    /// How many bytes of content are kept for an import.
    package static let totalLimit = 64 << 20

    package var line: Int
    package var error: String
    /// `nil` when it was too long, or the import had too many.
    package var content: String?

    package init(line: Int, error: String, content: String?) {
        self.line = line
        self.error = error
        self.content = content
    }
}

/// A child of an import that failed.
package struct ImportFailure: Sendable, Equatable {
    package var task: Identifier
    package var memory: Identifier?
    package var line: Int?
    package var error: String

    package init(task: Identifier, memory: Identifier?, line: Int?, error: String) {
        self.task = task
        self.memory = memory
        self.line = line
        self.error = error
    }
}

/// A memory that an import made.
package struct ImportedMemory: Sendable, Equatable {
    package var number: MemoryNumber
    package var id: Identifier
    /// The version that the import gave it last.
    package var version: Int
    /// Whether it still has that: nobody has given it another one since.
    package var isUntouched: Bool

    package init(number: MemoryNumber, id: Identifier, version: Int, isUntouched: Bool) {
        self.number = number
        self.id = id
        self.version = version
        self.isUntouched = isUntouched
    }
}

/// Children of a cancelled import that were cancelled after it.
package struct CancelledChildren: Sendable {
    package var tasks: [TaskRecord]
    /// The last child that was looked at; `nil` when there are no more.
    package var last: TaskNumber?

    package init(tasks: [TaskRecord], last: TaskNumber?) {
        self.tasks = tasks
        self.last = last
    }
}

extension RejectedLine {
    /// What is stored of it.
    /// - Parameter bytes: how many bytes of content the import has stored before.
    package func kept(after bytes: Int) -> RejectedLine {
        guard let content else { return self }
        guard content.utf8.count <= Self.contentLimit else {
            return RejectedLine(line: line, error: "\(error) (The line is too long to be kept here.)", content: nil)
        }
        guard bytes + content.utf8.count <= Self.totalLimit else {
            return RejectedLine(
                line: line, error: "\(error) (The line is not kept here: the import has too many rejected ones.)", content: nil)
        }
        return self
    }
}
