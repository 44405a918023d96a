import GRDB
import Knowledge

/// A list of texts in one column, as a JSON array in which every element stands on a line of its own. A line end can't occur
/// inside an element (it is escaped there), so ``needle(for:)`` occurs in the column exactly when the text is an element.
/// NULL stands for an empty list.
struct StringsText: Storable {
    var strings: [String]

    init?(_ strings: [String]) {
        guard !strings.isEmpty else { return nil }
        self.strings = strings
    }

    /// What to look for with `instr`.
    static func needle(for string: String) -> String { "\n" + JSON.string(string).text }

    func put(into statement: OpaquePointer, at index: CInt) {
        let lines: [String] = strings.map { Self.needle(for: $0) }
        ("[" + lines.joined(separator: ",") + "]").put(into: statement, at: index)
    }

    static func read(from statement: OpaquePointer, at index: CInt) throws -> StringsText {
        guard let list = StringsText((try JSON.read(from: statement, at: index).array ?? []).compactMap(\.string)) else {
            throw DatabaseError.unreadable("list of texts")
        }
        return list
    }
}
