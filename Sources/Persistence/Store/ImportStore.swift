package import Knowledge

/// Imports: many memories under one task. The task is `processing` from its making to its end; nobody claims it, and
/// ``TaskStore/recover(interruptionLimit:at:)`` leaves it alone. Its children are tasks of type ``TaskType/addEpisode`` whose parent it is; every change
/// of a child's status is counted in its ``ImportRecord/counts`` in the same transaction, whoever makes it.
///
/// ``TaskStore/cancel(id:at:)`` of an import makes it ``ImportRecord/State/cancelled`` in the same transaction, and cancels the children that are being
/// processed. From then on ``TaskStore/claim(_:limit:at:)`` cancels waiting children instead of claiming them, until all have been: no child is ingested
/// any more, which is why the ``ImportRecord/result(failures:)`` that is stored with the cancel counts the waiting ones as cancelled.
package protocol ImportStore: Sendable {
    /// Makes an import and its task: attempt 1, revision 1, started `at`, priority bulk. When the idempotency key was used before and that import
    /// is still known, it is returned as it stands, and its id tells it apart.
    /// - Throws: `notFound` (no such project), `idempotencyMismatch`, `unavailable` when the id is taken, `full`.
    func beginImport(_ submission: ImportSubmission) async throws -> ImportRecord
    /// - Parameter task: the id of its task. Another task's is answered with nothing.
    func importRecord(of task: Identifier) async throws -> ImportRecord?
    /// Every import that is not ``ImportRecord/State/ended``, in the order of their making.
    func unfinishedImports() async throws -> [ImportRecord]
    /// Accepts lines, each as ``MemoryStore/accept(_:)`` would, with the import's task as parent: what can't be is rejected and kept as a
    /// ``RejectedLine``, and the rest goes on. A line whose external id is known with the same content is counted as unchanged, unless that memory has failed or was
    /// cancelled, or is about to be with another import: then it is counted as retried, and gets a new task, a child of this import. What another import
    /// made is this one's from then on: see ``importedMemories(of:after:limit:)``. How the former task ended stays counted where it was.
    /// - Throws: `notFound` (no such import), `lostRace` when it is not open any more or stands elsewhere than at ``ImportBatch/base``, `full`.
    func acceptBatch(_ batch: ImportBatch) async throws -> BatchAcceptance
    /// Closes an open import before its file is complete; one that is not open stays as it is.
    /// - Parameter fault: why, as a sentence; the import ends as failed.
    /// - Throws: `notFound`.
    func closeImport(_ task: TaskNumber, fault: String, at: Timestamp) async throws -> ImportRecord
    /// Ends a closed import, if its counts are still those of `record`.
    /// - Throws: `lostRace`.
    func finishImport(_ record: ImportRecord, _ ending: TaskEnding) async throws -> TaskRecord
    /// Makes an ended import that failed or was cancelled ``ImportRecord/State/closed`` again, and its task `processing`: attempt + 1, revision + 1, at
    /// stage `pending`, 0 %, without error, result and end. Its children are not touched.
    /// - Returns: with it, the statuses of the children that are to be tried again; none when each that failed has been tried again alone.
    /// - Throws: `notFound`; `notRetryable`, with the reason: see ``ImportRecord/obstacleToRetry``.
    func reopenImport(_ task: Identifier, at: Timestamp) async throws -> (record: ImportRecord, children: [TaskStatus])
    /// Cancels children of a cancelled import that have not ended, looking at `limit` children at most, in order of number after `last`. When there
    /// are no more the import is ``ImportRecord/State/ended``.
    func cancelChildren(of task: TaskNumber, after last: TaskNumber, limit: Int, at: Timestamp) async throws -> CancelledChildren
    /// The first children that failed, in order of number.
    func importFailures(of task: TaskNumber, limit: Int) async throws -> [ImportFailure]
    /// Rejected lines in order, after `line`: at most `limit`, and fewer when their content is long.
    func rejectedLines(of task: TaskNumber, after line: Int, limit: Int) async throws -> [RejectedLine]
    /// The memories that the import made, or took over from the one that made them, and that are still there, in order of number after `last`; not those
    /// that it only gave new versions or another try.
    func importedMemories(of task: TaskNumber, after last: MemoryNumber, limit: Int) async throws -> [ImportedMemory]
    /// Forgets what is kept of imports whose tasks are gone, at most `limit` rows of each kind. Returns how many rows.
    func pruneImports(limit: Int) async throws -> Int
}
