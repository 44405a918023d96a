import GRDB
import GRDBSQLite

/// Statements from GRDB's cache, run without its argument arrays and row objects. Each parameter takes one value, from left
/// to right; the text of a statement must come from a small set, for it stays prepared.
extension Database {
    /// Runs a statement whose rows, if any, do not matter. Returns how many rows an insert, update or delete changed.
    @discardableResult
    func run<each Value: Storable>(_ sql: String, _ values: repeat each Value) throws -> Int {
        let statement = try cachedStatement(sql: sql)
        let handle = statement.sqliteStatement
        var index: CInt = 0
        func bind(_ value: some Storable) {
            index += 1
            value.put(into: handle, at: index)
        }
        repeat bind(each values)
        defer { Self.finish(handle) }
        while try Self.step(handle) {}
        return changesCount
    }

    /// The first row of a query; `nil` when there is none.
    func first<each Value: Storable, Result>(
        _ sql: String, _ values: repeat each Value, read: (inout Cells) throws -> Result
    ) throws -> Result? {
        let statement = try cachedStatement(sql: sql)
        let handle = statement.sqliteStatement
        var index: CInt = 0
        func bind(_ value: some Storable) {
            index += 1
            value.put(into: handle, at: index)
        }
        repeat bind(each values)
        defer { Self.finish(handle) }
        guard try Self.step(handle) else { return nil }
        var cells = Cells(handle)
        return try read(&cells)
    }

    /// The one value of a query that always has a row.
    func value<each Value: Storable, Result: Storable>(_ sql: String, _ values: repeat each Value, as type: Result.Type) throws -> Result {
        guard let value = try first(sql, repeat each values, read: { try $0.next(type) }) else { throw DatabaseError.unreadable("value") }
        return value
    }

    /// All rows of a query. `read` must not run the same query again.
    func all<each Value: Storable, Result>(
        _ sql: String, _ values: repeat each Value, read: (inout Cells) throws -> Result
    ) throws -> [Result] {
        let statement = try cachedStatement(sql: sql)
        let handle = statement.sqliteStatement
        var index: CInt = 0
        func bind(_ value: some Storable) {
            index += 1
            value.put(into: handle, at: index)
        }
        repeat bind(each values)
        return try Self.rows(of: handle, read)
    }

    /// All rows of a query that was put together from ``Conditions``.
    func all<Result>(_ sql: String, with values: [any Storable], read: (inout Cells) throws -> Result) throws -> [Result] {
        let statement = try cachedStatement(sql: sql)
        let handle = statement.sqliteStatement
        for (index, value) in values.enumerated() { value.put(into: handle, at: CInt(index + 1)) }
        return try Self.rows(of: handle, read)
    }

    private static func rows<Result>(of handle: OpaquePointer, _ read: (inout Cells) throws -> Result) throws -> [Result] {
        defer { finish(handle) }
        var results: [Result] = []
        while try step(handle) {
            var cells = Cells(handle)
            results.append(try read(&cells))
        }
        return results
    }

    /// Goes to the next row; `false` when there is none.
    private static func step(_ handle: OpaquePointer) throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code:
            let connection = sqlite3_db_handle(handle)
            throw DatabaseError(
                resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(connection)),
                sql: String(cString: sqlite3_sql(handle)))
        }
    }

    /// Ends what the statement does (an open one would hold its transaction) and forgets what was bound, which may be large.
    private static func finish(_ handle: OpaquePointer) {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }
}
