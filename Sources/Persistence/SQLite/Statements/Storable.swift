import GRDB
import GRDBSQLite

/// A value that a column can hold.
///
/// Bound and read through SQLite's own functions: GRDB's take texts as C strings, which end at the first NUL.
protocol Storable: Sendable {
    /// Binds this value to a parameter, from 1. SQLite keeps a copy.
    func put(into statement: OpaquePointer, at index: CInt)
    /// Reads a column, from 0, of the row that the statement stands on.
    /// - Throws: `SQLITE_CORRUPT` when the column holds something else.
    static func read(from statement: OpaquePointer, at index: CInt) throws -> Self
}

/// Tells SQLite to copy what is bound. C declares it as the pointer −1, which Swift does not import.
private let copying = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

extension Int64: Storable {
    func put(into statement: OpaquePointer, at index: CInt) { sqlite3_bind_int64(statement, index, self) }
    static func read(from statement: OpaquePointer, at index: CInt) -> Int64 { sqlite3_column_int64(statement, index) }
}

extension Int: Storable {
    func put(into statement: OpaquePointer, at index: CInt) { sqlite3_bind_int64(statement, index, Int64(self)) }
    static func read(from statement: OpaquePointer, at index: CInt) -> Int { Int(sqlite3_column_int64(statement, index)) }
}

extension Bool: Storable {
    func put(into statement: OpaquePointer, at index: CInt) { sqlite3_bind_int64(statement, index, self ? 1 : 0) }
    static func read(from statement: OpaquePointer, at index: CInt) -> Bool { sqlite3_column_int64(statement, index) != 0 }
}

extension String: Storable {
    func put(into statement: OpaquePointer, at index: CInt) {
        var text = self
        text.withUTF8 { bytes in
            guard let start = bytes.baseAddress, !bytes.isEmpty else {
                // A null pointer would bind NULL.
                sqlite3_bind_text(statement, index, "", 0, copying)
                return
            }
            start.withMemoryRebound(to: CChar.self, capacity: bytes.count) { start in
                _ = sqlite3_bind_text(statement, index, start, CInt(bytes.count), copying)
            }
        }
    }

    static func read(from statement: OpaquePointer, at index: CInt) -> String {
        guard let start = sqlite3_column_text(statement, index) else { return "" }
        let count = Int(sqlite3_column_bytes(statement, index))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }
}

extension [UInt8]: Storable {
    func put(into statement: OpaquePointer, at index: CInt) {
        withUnsafeBytes { bytes in
            // A null pointer would bind NULL.
            _ =
                bytes.isEmpty
                ? sqlite3_bind_zeroblob(statement, index, 0)
                : sqlite3_bind_blob(statement, index, bytes.baseAddress, CInt(bytes.count), copying)
        }
    }

    static func read(from statement: OpaquePointer, at index: CInt) -> [UInt8] {
        guard let start = sqlite3_column_blob(statement, index) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, index))))
    }
}

extension Optional: Storable where Wrapped: Storable {
    func put(into statement: OpaquePointer, at index: CInt) {
        if let self { self.put(into: statement, at: index) } else { sqlite3_bind_null(statement, index) }
    }

    static func read(from statement: OpaquePointer, at index: CInt) throws -> Wrapped? {
        sqlite3_column_type(statement, index) == SQLITE_NULL ? nil : try Wrapped.read(from: statement, at: index)
    }
}

extension Storable where Self: RawRepresentable, RawValue: Storable {
    func put(into statement: OpaquePointer, at index: CInt) { rawValue.put(into: statement, at: index) }

    static func read(from statement: OpaquePointer, at index: CInt) throws -> Self {
        guard let value = Self(rawValue: try RawValue.read(from: statement, at: index)) else {
            throw DatabaseError.unreadable("\(Self.self)")
        }
        return value
    }
}

extension DatabaseError {
    /// A column that holds what nobody wrote.
    static func unreadable(_ what: String) -> DatabaseError {
        DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a stored \(what) can't be read")
    }
}
