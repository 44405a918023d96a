/// How far a run is, at one moment.
struct IngestStanding: Equatable, Sendable {
    /// Memories read from the inputs.
    var read: Int
    /// Memories submitted or rejected.
    var answered: Int
    /// Memories that have ended, one way or another.
    var ended: Int
    var failed: Int
    var rejected: Int
    /// All memories; `nil` until the inputs have been read.
    var total: Int?
    /// The progress of the running tasks together, in memories.
    var inProgress: Double
    /// How much of the inputs has been read, 0…1; `nil` when their length is unknown.
    var share: Double?
    /// Ended memories a second.
    var rate: Double
    var seconds: Double

    /// 0…1, exact once the inputs have been read, before that by their length; `nil` when it cannot be told.
    var fraction: Double? {
        let done = Double(ended) + inProgress
        if let total { return total == 0 ? 1 : min(1, done / Double(total)) }
        guard let share, share > 0, read > 0 else { return nil }
        return min(1, done / (Double(read) / share))
    }

    /// As `420/1,000 done, 512 submitted, 3 failed, 31/s`.
    var counts: String {
        var parts = [total.map { "\(ended.grouped)/\($0.grouped) done" } ?? "\(ended.grouped) done"]
        if answered > ended { parts.append("\(answered.grouped) submitted") }
        if failed > 0 { parts.append("\(failed.grouped) failed") }
        if rejected > 0 { parts.append("\(rejected.grouped) rejected") }
        if rate > 0 { parts.append(Self.rate(rate)) }
        return parts.joined(separator: ", ")
    }

    /// As `31/s` or `0.4/s`.
    static func rate(_ rate: Double) -> String {
        rate >= 10 ? "\(Int(rate.rounded()).grouped)/s" : "\((rate * 10).rounded() / 10)/s"
    }
}
