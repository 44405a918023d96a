import Foundation
import GRDB
import GRDBSQLite
import Persistence
import Synchronization

/// The one writer: a thread that owns the writing connection and commits whatever queued up while it was busy in one transaction, so that
/// many callers share a sync of the disk (group commit). Blocking C stays off Swift's cooperative threads.
final class Writer: Sendable {
    /// What a transaction holds at most. More would only make the first caller wait longer.
    static let batchLimit = 256
    /// Pages written to the log since the last checkpoint after which the next one is due: 32 MB.
    static let checkpointPages = 8_000
    /// Pages in the log beyond which a checkpoint waits for the readers that keep the log from being reused: 160 MB.
    static let logLimit = 40_000

    let queue = WriteQueue()
    let counters = Counters()
    private let pool: DatabasePool
    private let epoch: Int64
    private let ledger: TaskLedger
    private let failpoint: Failpoint?
    private let ended = Verdict<Void>()

    final class Counters: Sendable {
        let commits = Atomic<Int>(0)
        let operations = Atomic<Int>(0)
        let checkpoints = Atomic<Int>(0)
        let failpointVisits = Atomic<Int>(0)
        let pagesSinceCheckpoint = Atomic<Int>(0)
    }

    init(_ pool: DatabasePool, epoch: Int64, ledger: TaskLedger, failpoint: Failpoint?) {
        self.pool = pool
        self.epoch = epoch
        self.ledger = ledger
        self.failpoint = failpoint
    }

    func start() {
        let thread = Thread { self.run() }
        thread.name = "engram-writer"
        thread.stackSize = 4 << 20
        thread.start()
    }

    /// Waits until the queue, which must have been closed, is drained and the database closed.
    func waitUntilEnded() async {
        // It is only ever told a success.
        try? await ended.wait()
    }

    private func run() {
        while case let batch = queue.next(limit: Self.batchLimit), !batch.isEmpty {
            commit(batch)
            checkpointIfDue()
        }
        checkpoint(.truncate)
        do { try pool.close() } catch { complain("the database could not be closed: \(error)") }
        ended.give(.success(()))
    }

    private func commit(_ batch: [Operation]) {
        let answers: [@Sendable () -> Void]
        do {
            answers = try pool.writeWithoutTransaction { db in try transaction(batch, in: db) }
        } catch {
            exitAfterFailedSync(error)
            let reason = StoreError(reading: error)
            for operation in batch { operation.refuse(reason) }
            return
        }
        counters.commits.add(1, ordering: .relaxed)
        counters.operations.add(batch.count, ordering: .relaxed)
        visit(.after, batch)
        for answer in answers { answer() }
    }

    /// Most batches need no savepoints, which cost a copy of every page that an operation changes: an operation that refuses does so before
    /// it writes. For the rare one that fails half-way the batch is tried again, with them.
    /// - Returns: what tells the callers, in order. Throws when none of the batch was written.
    private func transaction(_ batch: [Operation], in db: Database) throws -> [@Sendable () -> Void] {
        do {
            return try transaction(batch, in: db, attempt: attempt)
        } catch is HalfDone {
            return try transaction(batch, in: db, attempt: attemptUnderSavepoint)
        }
    }

    private func transaction(
        _ batch: [Operation], in db: Database, attempt: (Operation, Database) throws -> @Sendable () -> Void
    ) throws -> [@Sendable () -> Void] {
        try db.beginTransaction(.immediate)
        do {
            try checkEpoch(db)
            let answers = try batch.map { try attempt($0, db) }
            visit(.before, batch)
            try db.commit()
            ledger.commit()
            counters.pagesSinceCheckpoint.add(pagesWritten(db), ordering: .relaxed)
            return answers
        } catch {
            // The error that counts is the first; SQLite may have rolled back by itself.
            if db.isInsideTransaction { try? db.rollback() }
            ledger.rollBack()
            throw error
        }
    }

    /// - Throws: `closed` when the database has been opened again since.
    private func checkEpoch(_ db: Database) throws {
        guard try db.value("SELECT epoch FROM server", as: Int64.self) == epoch else {
            queue.close(.takenOver)
            throw StoreError.takenOver
        }
    }

    /// An operation failed after it had changed something.
    private struct HalfDone: Error {}

    /// - Throws: ``HalfDone``, and what makes the whole transaction fail.
    private func attempt(_ operation: Operation, in db: Database) throws -> @Sendable () -> Void {
        let before = db.totalChangesCount
        do {
            return try operation.apply(db)
        } catch {
            try Self.checkIsOneOperations(error, db)
            guard db.totalChangesCount == before else { throw HalfDone() }
            let reason = StoreError(reading: error)
            return { operation.refuse(reason) }
        }
    }

    /// - Throws: what makes the whole transaction fail.
    private func attemptUnderSavepoint(_ operation: Operation, in db: Database) throws -> @Sendable () -> Void {
        try db.run("SAVEPOINT operation")
        let position = ledger.position
        do {
            let answer = try operation.apply(db)
            try db.run("RELEASE operation")
            return answer
        } catch {
            try Self.checkIsOneOperations(error, db)
            try db.run("ROLLBACK TO operation")
            ledger.rollBack(to: position)
            try db.run("RELEASE operation")
            let reason = StoreError(reading: error)
            return { operation.refuse(reason) }
        }
    }

    /// - Throws: the error, when it is the whole transaction's: SQLite has rolled it back, or the disk fails.
    private static func checkIsOneOperations(_ error: any Error, _ db: Database) throws {
        guard db.isInsideTransaction, (error as? DatabaseError)?.resultCode != .SQLITE_IOERR else { throw error }
    }

    /// Pages that the connection wrote to the log since this was asked last.
    private func pagesWritten(_ db: Database) -> Int {
        var current: CInt = 0
        var highest: CInt = 0
        sqlite3_db_status(db.sqliteConnection, SQLITE_DBSTATUS_CACHE_WRITE, &current, &highest, 1)
        return Int(current)
    }

    private func checkpointIfDue() {
        guard counters.pagesSinceCheckpoint.load(ordering: .relaxed) >= Self.checkpointPages else { return }
        if checkpoint(.passive) > Self.logLimit { checkpoint(.restart) }
    }

    /// Moves pages from the log into the database. Failing that, the log still holds everything, and the next one is due as soon.
    /// - Returns: the pages in the log.
    @discardableResult
    private func checkpoint(_ mode: Database.CheckpointMode) -> Int {
        do {
            let pages = try pool.writeWithoutTransaction { try $0.checkpoint(mode).walFrameCount }
            counters.checkpoints.add(1, ordering: .relaxed)
            counters.pagesSinceCheckpoint.store(0, ordering: .relaxed)
            return pages
        } catch {
            exitAfterFailedSync(error)
            counters.pagesSinceCheckpoint.store(0, ordering: .relaxed)
            if (error as? DatabaseError)?.resultCode != .SQLITE_BUSY { complain("a checkpoint failed and will be tried again: \(error)") }
            return 0
        }
    }

    /// Kills the process when the batch is the one that a crash test asked for.
    private func visit(_ position: Failpoint.Position, _ batch: [Operation]) {
        guard let failpoint, failpoint.position == position, batch.contains(where: { $0.kind == failpoint.operation }) else { return }
        if counters.failpointVisits.add(1, ordering: .relaxed).newValue == failpoint.count { kill(getpid(), SIGKILL) }
    }

    private func exitAfterFailedSync(_ error: any Error) {
        guard let error = error as? DatabaseError, error.isFailedSync else { return }
        complain("the disk failed to keep what was written (\(error)); what it holds is unknown, so the process ends here")
        _exit(74)  // EX_IOERR
    }

    private func complain(_ text: String) {
        FileHandle.standardError.write(Data("engram: \(text)\n".utf8))
    }
}
