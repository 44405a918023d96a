/// The columns of one row, taken from left to right.
struct Cells {
    private let statement: OpaquePointer
    private var index: CInt = 0

    init(_ statement: OpaquePointer) {
        self.statement = statement
    }

    /// - Throws: `SQLITE_CORRUPT` when the column holds something else.
    mutating func next<Value: Storable>(_ type: Value.Type = Value.self) throws -> Value {
        defer { index += 1 }
        return try Value.read(from: statement, at: index)
    }
}
