import Foundation

/// All figures of an invocation, and the one table that is made of them.
struct StreamTable: Encodable {
    struct Line: Encodable {
        let figure: String
        var engram: [Double] = []
        var nchan: [Double] = []
    }

    private(set) var lines: [Line] = []
    private var places: [StreamFigure: Int] = [:]

    private enum CodingKeys: String, CodingKey {
        case lines
    }

    mutating func note(engram figures: [StreamFigure: Double]) {
        for (figure, value) in figures where value.isFinite { lines[place(of: figure)].engram.append(value) }
    }

    mutating func note(nchan figures: [StreamFigure: Double]) {
        for (figure, value) in figures where value.isFinite { lines[place(of: figure)].nchan.append(value) }
    }

    /// Medians, with the range in brackets; the ratio is that of the medians.
    var text: String {
        var rows = [["figure", "target", "Engram", "nchan", "ratio", ""]]
        for figure in StreamFigure.allCases {
            guard let place = places[figure] else { continue }
            let line = lines[place]
            let (ours, theirs) = (Percentiles(line.engram).median, Percentiles(line.nchan).median)
            let ratio = ours / theirs
            // A rate of what was shown is no rate of what was asked for.
            let shown = places[.burstShown].map { Percentiles(lines[$0].engram).median } ?? 100
            let isVoid = figure == .burstRate && shown < 100
            let verdict =
                isVoid ? "VOID: not all shown" : Self.isMet(figure.goal, value: ours, ratio: ratio).map { $0 ? "met" : "MISSED" } ?? ""
            rows.append([
                figure.title, Self.describe(figure.goal), Self.describe(line.engram), Self.describe(line.nchan),
                ratio.isFinite ? String(format: "%.2f", ratio) : "–", verdict
            ])
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            "| "
                + zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: " | ") + " |"
        }.joined(separator: "\n")
    }

    private mutating func place(of figure: StreamFigure) -> Int {
        if let place = places[figure] { return place }
        lines.append(Line(figure: figure.title))
        places[figure] = lines.count - 1
        return lines.count - 1
    }

    private static func describe(_ samples: [Double]) -> String {
        guard !samples.isEmpty else { return "–" }
        let order = Percentiles(samples)
        let median = ReportTable.format(order.median)
        guard samples.count > 1, order.lowest != order.highest else { return median }
        return "\(median) (\(ReportTable.format(order.lowest))–\(ReportTable.format(order.highest)))"
    }

    private static func describe(_ goal: StreamFigure.Goal?) -> String {
        switch goal {
        case .atMost(let limit): "≤ \(ReportTable.format(limit))"
        case .atLeast(let limit): "≥ \(ReportTable.format(limit))"
        case .ratioAtMost(let limit): "≤ \(ReportTable.format(limit)) × nchan"
        case .ratioAtLeast(let limit): "≥ \(ReportTable.format(limit)) × nchan"
        case nil: "–"
        }
    }

    /// `nil` when there is nothing to say.
    private static func isMet(_ goal: StreamFigure.Goal?, value: Double, ratio: Double) -> Bool? {
        switch goal {
        case .atMost(let limit): value.isFinite ? value <= limit : nil
        case .atLeast(let limit): value.isFinite ? value >= limit : nil
        case .ratioAtMost(let limit): ratio.isFinite ? ratio <= limit : nil
        case .ratioAtLeast(let limit): ratio.isFinite ? ratio >= limit : nil
        case nil: nil
        }
    }
}
