import GRDB
import GRDBSQLite
import Knowledge
import Persistence

extension Identifier: Storable {
    /// As its 16 bytes, so that they sort as identifiers do.
    func put(into statement: OpaquePointer, at index: CInt) {
        withUnsafeTemporaryAllocation(byteCount: 16, alignment: 8) { bytes in
            bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
            bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
            let copying = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
            _ = sqlite3_bind_blob(statement, index, bytes.baseAddress, 16, copying)
        }
    }

    static func read(from statement: OpaquePointer, at index: CInt) throws -> Identifier {
        guard let start = sqlite3_column_blob(statement, index), sqlite3_column_bytes(statement, index) == 16 else {
            throw DatabaseError.unreadable("identifier")
        }
        return Identifier(
            high: UInt64(bigEndian: start.loadUnaligned(as: UInt64.self)),
            low: UInt64(bigEndian: start.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }
}

extension Timestamp: Storable {
    func put(into statement: OpaquePointer, at index: CInt) { microseconds.put(into: statement, at: index) }
    static func read(from statement: OpaquePointer, at index: CInt) -> Timestamp {
        Timestamp(microseconds: .read(from: statement, at: index))
    }
}

extension Number: Storable {
    func put(into statement: OpaquePointer, at index: CInt) { rawValue.put(into: statement, at: index) }
    static func read(from statement: OpaquePointer, at index: CInt) -> Number { Number(.read(from: statement, at: index)) }
}

extension JSON: Storable {
    /// As its text.
    func put(into statement: OpaquePointer, at index: CInt) { text.put(into: statement, at: index) }

    static func read(from statement: OpaquePointer, at index: CInt) throws -> JSON {
        let bytes = UnsafeRawBufferPointer(
            start: sqlite3_column_text(statement, index), count: Int(sqlite3_column_bytes(statement, index)))
        do {
            // What was stored came through the same parser, perhaps one object deeper.
            return try JSON.parse(bytes, depthLimit: 1024)
        } catch {
            throw DatabaseError.unreadable("document")
        }
    }
}

extension TaskStatus: Storable {}
extension TaskPriority: Storable {}
extension TaskType: Storable {}
extension ContentType: Storable {}
extension AccessKeyRecord.Role: Storable {}
