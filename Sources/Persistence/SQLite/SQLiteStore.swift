import GRDB
package import Knowledge
package import Persistence
import Synchronization

/// A ``Store`` in one SQLite file: a write-ahead log with full syncs, one writer that commits in groups, readers beside it.
///
/// The file belongs to one process, which locks it by its own means; a second opening is not refused but takes the store
/// over: the writes of the first one fail from then on.
package final class SQLiteStore: Store {
    package let epoch: Int64
    package let numbering: GraphNumbering
    let numbers: NumberSource
    let ledger: TaskLedger
    private let pool: DatabasePool
    private let writer: Writer

    init(_ opening: Opening, failpoint: Failpoint?) {
        epoch = opening.epoch
        numbers = opening.numbers
        ledger = opening.ledger
        numbering = opening.numbers.numbering
        pool = opening.pool
        writer = Writer(opening.pool, epoch: opening.epoch, ledger: opening.ledger, failpoint: failpoint)
        writer.start()
    }

    deinit {
        writer.queue.close(.closed)
    }

    /// Opens the database, or makes it with a project `Default`; brings its schema up to date and increments the boot epoch durably.
    /// - Parameters:
    ///   - path: the file; its folder must exist. SQLite keeps `-wal` and `-shm` beside it.
    ///   - failpoint: where a crash test wants the process to die.
    /// - Throws: `unusable`, with one sentence for the operator. The file is unchanged when it is of a newer version or no database of Engram's.
    package static func open(at path: String, failpoint: Failpoint? = nil) async throws -> SQLiteStore {
        SQLiteStore(try await Opening.open(path), failpoint: failpoint)
    }

    /// What `PRAGMA synchronous` reads back on the writing connection: 2, or ``open(at:failpoint:)`` would have refused.
    package var synchronousLevel: Int {
        get async throws { try await write { try $0.value("PRAGMA synchronous", as: Int.self) } }
    }

    /// What the writer has done since the opening.
    package struct Statistics: Sendable, Equatable {
        /// Transactions committed; each is one sync of the disk.
        package var commits: Int
        /// Writes in those transactions.
        package var operations: Int
        package var checkpoints: Int
    }

    package var statistics: Statistics {
        Statistics(
            commits: writer.counters.commits.load(ordering: .relaxed), operations: writer.counters.operations.load(ordering: .relaxed),
            checkpoints: writer.counters.checkpoints.load(ordering: .relaxed))
    }

    package func check() async throws {
        let now = Timestamp.now
        _ = try await write { try $0.run("UPDATE server SET checked_at = ?", now) }
        _ = try await read { try $0.value("SELECT checked_at FROM server", as: Timestamp.self) }
    }

    package func close() async {
        // Whether the last write succeeds matters to nobody: the next boot makes do without it.
        let (epoch, numbers) = (self.epoch, self.numbers)
        writer.queue.close(.closed, last: Operation(nil, { try numbers.close(epoch: epoch, in: $0) }, answer: { _ in }))
        await writer.waitUntilEnded()
    }

    /// Enqueues a write at once; the value is the outcome of the transaction that held it.
    @discardableResult
    func enqueue<Value: Sendable>(_ kind: Failpoint.Operation?, _ body: @escaping @Sendable (Database) throws -> Value) -> Verdict<Value> {
        let verdict = Verdict<Value>()
        writer.queue.add(Operation(kind, body) { verdict.give($0) })
        return verdict
    }

    /// Runs a write on the writer's thread and returns once it is durable. Cancelling the caller does not cancel it.
    /// - Parameter body: may run twice when a transaction is tried again; throws ``StoreError`` to be rolled back and passed on.
    func write<Value: Sendable>(
        _ kind: Failpoint.Operation? = nil, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            writer.queue.add(Operation(kind, body) { continuation.resume(with: $0) })
        }
    }

    /// Runs queries on a snapshot of the last commit, beside the writer. Cancelling the caller ends them with `CancellationError`.
    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        if let refusal = writer.queue.refusal { throw refusal }
        do {
            return try await pool.read(body)
        } catch let error as CancellationError {
            throw error
        } catch {
            try Task.checkCancellation()
            throw writer.queue.refusal ?? StoreError(reading: error)
        }
    }
}
