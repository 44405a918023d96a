import Knowledge

/// The conditions of a query whose shape depends on what was asked, with their values in order.
struct Conditions {
    private var clauses: [String] = []
    private(set) var values: [any Storable] = []

    /// - Parameter clause: has one `?` for each of `values`.
    mutating func add(_ clause: String, _ values: any Storable...) {
        clauses.append(clause)
        self.values.append(contentsOf: values)
    }

    /// Restricts a column to some projects; `nil` is all but those that were deleted.
    mutating func add(projects: [ProjectNumber]?, column: String) {
        add("\(column) NOT IN (SELECT number FROM deleted_projects)")
        guard let projects else { return }
        if projects.count == 1, let project = projects.first {
            add("\(column) = ?", project)
        } else {
            // The plus keeps the planner from gathering all rows of all projects and sorting them; it goes by number and stops at the limit.
            add("+\(column) IN (SELECT value FROM json_each(?))", Self.list(projects))
        }
    }

    /// Restricts to rows of which one of the columns holds a text, ignoring the case of ASCII letters. (`LIKE` would end at a NUL.)
    mutating func add(search: String?, columns: [String]) {
        guard let search else { return }
        let needle = search.foldingASCIICase()
        clauses.append("(" + columns.map { "instr(lower(\($0)), ?) > 0" }.joined(separator: " OR ") + ")")
        values.append(contentsOf: columns.map { _ in needle as any Storable })
    }

    /// Puts the values of conditions before these, whose text stands earlier in the query.
    mutating func precede(with others: Conditions) {
        values = others.values + values
    }

    /// ` AND …`, or nothing.
    var more: String { clauses.map { " AND " + $0 }.joined() }

    /// ` WHERE …`, or nothing.
    var sql: String { clauses.isEmpty ? "" : " WHERE " + clauses.joined(separator: " AND ") }

    /// Numbers as a JSON array, for `json_each`.
    static func list<Kind>(_ numbers: [Number<Kind>]) -> String {
        "[" + numbers.map { String($0.rawValue) }.joined(separator: ",") + "]"
    }
}

extension String {
    /// As SQLite's `lower` does it.
    fileprivate func foldingASCIICase() -> String {
        String(decoding: utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}
