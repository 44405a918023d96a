import Dispatch
import Foundation
import GRDB
import Knowledge
import Persistence

/// A database that has been found usable, with what a store needs to know of it.
struct Opening: Sendable {
    var pool: DatabasePool
    var epoch: Int64
    var numbers: NumberSource
    var ledger: TaskLedger

    /// Opens on a thread that may block.
    static func open(_ path: String) async throws -> Opening {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try Opening(path) }) }
        }
    }

    /// - Throws: `unusable`.
    private init(_ path: String) throws {
        do {
            try DatabaseFile(path: path).inspect()
            let pool = try DatabasePool(path: path, configuration: Self.configuration)
            try Self.migrate(pool, path)
            // `DatabasePool.init` has set it to NORMAL, which loses acknowledged commits with the power.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            let (epoch, numbers, ledger) = try pool.write { try Self.boot($0) }
            try pool.writeWithoutTransaction { try ledger.watch($0) }
            (self.epoch, self.numbers, self.ledger) = (epoch, numbers, ledger)
            self.pool = pool
        } catch {
            throw StoreError(opening: error, at: path)
        }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "engram"
        // Integrity is by design; the checks would cost a lookup for every row.
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { db in
            if db.configuration.readonly {
                try db.execute(sql: "PRAGMA cache_size = -8192; PRAGMA temp_store = MEMORY")
            } else {
                // How the file can shrink is decided when it is made: one that was made otherwise stays as it is.
                // Checkpoints are the writer's own doing, between two transactions, when no caller waits for them.
                try db.execute(
                    sql: """
                        PRAGMA auto_vacuum = INCREMENTAL; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = FAST;
                        PRAGMA journal_size_limit = 67108864; PRAGMA wal_autocheckpoint = 0
                        """)
            }
        }
        return configuration
    }

    private static func migrate(_ pool: DatabasePool, _ path: String) throws {
        let migrator = Schema.migrator()
        try pool.writeWithoutTransaction { db in
            let application = try db.value("PRAGMA application_id", as: Int.self)
            let tables = try db.value("SELECT count(*) FROM sqlite_schema", as: Int.self)
            guard application == Schema.applicationID || (application == 0 && tables == 0) else {
                throw StoreError(.unusable, "\(path) is a database of another program.")
            }
            guard try tables == 0 || !migrator.hasBeenSuperseded(db) else {
                throw StoreError(.unusable, "\(path) was written by a newer version of Engram; open it with that version or a newer one.")
            }
        }
        try migrator.migrate(pool)
    }

    /// Begins a new boot.
    private static func boot(_ db: Database) throws -> (Int64, NumberSource, TaskLedger) {
        guard try db.value("PRAGMA synchronous", as: Int.self) == 2 else {
            throw StoreError(.unusable, "SQLite does not accept full syncs, without which nothing acknowledged is safe.")
        }
        let epoch = try db.value("UPDATE server SET epoch = epoch + 1 RETURNING epoch", as: Int64.self)
        let numbers = try NumberSource(db, epoch: epoch)
        if try db.first("SELECT 1 FROM projects WHERE is_default", read: { try $0.next(Int.self) }) == nil {
            let now = Timestamp.now
            try db.run(
                "INSERT INTO projects (number, id, name, is_default, created_at, updated_at) VALUES (?, ?, 'Default', 1, ?, ?)",
                numbers.project(), numbers.identifier(), now, now)
        }
        return (epoch, numbers, TaskLedger(try TaskTally(db)))
    }
}
