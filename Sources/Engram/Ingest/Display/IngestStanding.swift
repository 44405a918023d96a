/// How far a run is, at one moment.
struct IngestStanding: Equatable, Sendable {
    /// Memories that the server has answered for.
    var submitted = 0
    /// Memories that have ended, one way or another.
    var ended = 0
    var failed = 0
    var rejected = 0
    /// All memories; `nil` until the server has all inputs.
    var total: Int?
    /// How much of the inputs is done, 0…1; `nil` when it cannot be told.
    var fraction: Double?
    /// Ended memories a second.
    var rate = 0.0
    var seconds = 0.0
    /// Seconds until the end, as the server expects it.
    var remaining: Int?

    /// Whether it shows more than another, the rate and the time apart.
    func isElsewhere(than other: Self) -> Bool {
        (ended, submitted, total, fraction) != (other.ended, other.submitted, other.total, other.fraction)
    }

    /// As `420/1,000 done, 3 failed, 31/s, 19 s left`.
    var counts: String {
        var parts = [total.map { "\(ended.grouped)/\($0.grouped) done" } ?? "\(ended.grouped) done"]
        if total == nil, submitted > ended { parts.append("\(submitted.grouped) submitted") }
        if failed > 0 { parts.append("\(failed.grouped) failed") }
        if rejected > 0 { parts.append("\(rejected.grouped) rejected") }
        if rate > 0 { parts.append(Self.rate(rate)) }
        if let remaining, ended < total ?? .max { parts.append(Self.duration(remaining) + " left") }
        return parts.joined(separator: ", ")
    }

    /// As `31/s` or `0.4/s`.
    static func rate(_ rate: Double) -> String {
        rate >= 10 ? "\(Int(rate.rounded()).grouped)/s" : "\((rate * 10).rounded() / 10)/s"
    }

    /// As `40 s`, `12 min` or `3 h 5 min`, rounded up.
    static func duration(_ seconds: Int) -> String {
        if seconds < 100 { return "\(seconds) s" }
        let minutes = (seconds + 59) / 60
        return minutes < 100 ? "\(minutes) min" : "\((minutes / 60).grouped) h \(minutes % 60) min"
    }
}
