import Knowledge

/// What a ``Table`` holds.
protocol Row: Sendable {
    associatedtype Kind
    var number: Number<Kind> { get }
    var id: Identifier { get }
}

/// Rows found by number or identifier in O(1); those that got their number here are listed in its order too.
struct Table<Element: Row>: Sendable {
    typealias Key = Number<Element.Kind>

    private var rows: [Key: Element] = [:]
    private var keys: [Identifier: Key] = [:]
    /// The numbers of the rows that were appended, ascending.
    private(set) var order: [Key] = []
    private var last = Key(0)

    /// A copy; one that is kept while the row changes makes that change copy the row's collections, so keep only parts.
    subscript(number: Key) -> Element? { rows[number] }

    subscript(id: Identifier) -> Element? { keys[id].flatMap { rows[$0] } }

    func number(of id: Identifier) -> Key? { keys[id] }

    var all: some Collection<Element> { rows.values }

    /// A number that was not given before, for a row to be appended next.
    mutating func nextNumber() -> Key {
        last = last.next
        return last
    }

    /// Adds a row whose number is ``nextNumber()``'s.
    mutating func append(_ row: Element) {
        insert(row)
        order.append(row.number)
    }

    /// Adds a row whose number comes from elsewhere.
    mutating func insert(_ row: Element) {
        rows[row.number] = row
        keys[row.id] = row.number
    }

    /// Changes a row in place; `nil` when there is none.
    @discardableResult
    mutating func update<Result>(_ number: Key, _ change: (inout Element) -> Result) -> Result? {
        guard let index = rows.index(forKey: number) else { return nil }
        return change(&rows.values[index])
    }

    /// Removes rows of which `highest` is the last, in O(numbers + rows before it).
    mutating func removeEarly(_ gone: Set<Key>, upTo highest: Key) {
        for number in gone {
            if let row = rows.removeValue(forKey: number) { keys[row.id] = nil }
        }
        order.removeEarly(gone, upTo: highest)
    }

    mutating func remove(_ number: Key) {
        remove([number])
    }

    /// O(numbers), and O(rows) where they are listed.
    mutating func remove(_ numbers: some Sequence<Key>) {
        let gone = Set(numbers)
        for number in gone {
            if let row = rows.removeValue(forKey: number) { keys[row.id] = nil }
        }
        if !gone.isEmpty, !order.isEmpty { order.removeAll(where: gone.contains) }
    }
}
