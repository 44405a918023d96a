/// What part each input has in a run: by its bytes, if all have a known number, else all the same.
struct InputShares: Sendable {
    private let weights: [Double]
    private let whole: Double
    private var done: Double

    /// - Parameters:
    ///   - lengths: of the inputs; `nil` for one that is a pipe.
    ///   - settled: how many of the first are done with.
    init(lengths: [Int64?], settled: Int) {
        let known = lengths.compactMap { $0 }
        weights = known.count == lengths.count ? known.map { Double(max(1, $0)) } : lengths.map { _ in 1 }
        whole = weights.reduce(0, +)
        done = weights.prefix(settled).reduce(0, +)
    }

    mutating func settle(_ input: Int) {
        done += weights[input]
    }

    /// How much of the run is done, 0…1.
    /// - Parameter open: how much of the inputs that are under way, 0…1.
    func fraction(_ open: [Int: Double]) -> Double {
        guard whole > 0 else { return 1 }
        return min(1, (done + open.reduce(0) { $0 + weights[$1.key] * $1.value }) / whole)
    }
}
