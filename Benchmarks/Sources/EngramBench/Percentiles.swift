/// The order statistics of all samples of one measurement: every sample is kept, nothing is bucketed.
struct Percentiles {
    private let sorted: [Double]

    /// O(n log n) in the number of samples.
    init(_ samples: [Double]) {
        sorted = samples.sorted()
    }

    var count: Int { sorted.count }
    var lowest: Double { sorted.first ?? .nan }
    var highest: Double { sorted.last ?? .nan }
    var median: Double { value(at: 0.5) }

    /// The smallest sample that at least `fraction` of the samples do not exceed (nearest rank); NaN without samples.
    func value(at fraction: Double) -> Double {
        guard !sorted.isEmpty else { return .nan }
        let rank = (fraction * Double(sorted.count)).rounded(.up)
        return sorted[min(sorted.count, max(1, Int(rank))) - 1]
    }
}
