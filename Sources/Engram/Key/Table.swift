/// Rows of text in columns, for people.
struct Table: Sendable {
    let header: [String]
    var rows: [[String]] = []

    /// The lines, each column as wide as its widest cell, two spaces between.
    var lines: [String] {
        let cells = ([header] + rows).map { row in row.map(\.printable) }
        let widths = header.indices.map { column in cells.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0 }
        return cells.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                line += cell
                if column < row.count - 1 { line += String(repeating: " ", count: max(0, widths[column] - cell.count) + 2) }
            }
            return line
        }
    }
}
