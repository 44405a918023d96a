import Knowledge

/// What a ``Table`` holds.
protocol Row: Sendable {
    associatedtype Kind
    var number: Number<Kind> { get }
    var id: Identifier { get }
}

/// Rows in the order of their making, found by number or identifier in O(1).
struct Table<Element: Row>: Sendable {
    typealias Key = Number<Element.Kind>

    private var rows: [Key: Element] = [:]
    private var keys: [Identifier: Key] = [:]
    private(set) var order: [Key] = []
    private var last = Key(0)

    /// A copy; one that is kept while the row changes makes that change copy the row's collections, so keep only parts.
    subscript(number: Key) -> Element? { rows[number] }

    subscript(id: Identifier) -> Element? { keys[id].flatMap { rows[$0] } }

    func number(of id: Identifier) -> Key? { keys[id] }

    var all: some Collection<Element> { rows.values }

    /// A number that was not given before.
    mutating func nextNumber() -> Key {
        last = last.next
        return last
    }

    mutating func insert(_ row: Element) {
        guard rows.updateValue(row, forKey: row.number) == nil else { return }
        keys[row.id] = row.number
        order.append(row.number)
    }

    /// Changes a row in place; `nil` when there is none.
    @discardableResult
    mutating func update<Result>(_ number: Key, _ change: (inout Element) -> Result) -> Result? {
        guard let index = rows.index(forKey: number) else { return nil }
        return change(&rows.values[index])
    }

    mutating func remove(_ number: Key) {
        remove([number])
    }

    /// O(rows) for any number of them.
    mutating func remove(_ numbers: some Sequence<Key>) {
        let gone = Set(numbers)
        guard !gone.isEmpty else { return }
        for number in gone {
            if let row = rows.removeValue(forKey: number) { keys[row.id] = nil }
        }
        order.removeAll(where: gone.contains)
    }
}
