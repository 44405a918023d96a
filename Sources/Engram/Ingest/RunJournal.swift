import Knowledge

/// What a run that was interrupted needs to go on without doubling or losing anything.
struct RunJournal: Equatable, Sendable {
    /// Stands in every idempotency key of the run.
    let runID: String
    let startedAt: Timestamp
    /// Everything before it has ended, with these sums.
    var settled: Mark
    var tally: Tally
    /// Everything before it has been submitted.
    var accepted: Mark

    init(runID: String, startedAt: Timestamp, settled: Mark = Mark(), tally: Tally = Tally(), accepted: Mark = Mark()) {
        self.runID = runID
        self.startedAt = startedAt
        self.settled = settled
        self.tally = tally
        self.accepted = accepted
    }

    /// Where to go on at `now`, and with which sums.
    ///
    /// The server answers a repeated idempotency key for 24 hours with its first answer. In that time the run goes on after the last
    /// memory that has ended, and what was submitted behind it is submitted again to learn its task: nothing doubles. Later that would
    /// double, and the run goes on after the last memory that was submitted; what it cannot watch is counted.
    func resumption(at now: Timestamp) -> (mark: Mark, tally: Tally) {
        if now < startedAt.advanced(bySeconds: 23 * 3600) { return (settled, tally) }
        var tally = tally
        tally.unwatched += max(0, accepted.count - settled.count)
        return (accepted, tally)
    }

    var text: String {
        let json: JSON = [
            "version": 1, "run_id": JSON(runID), "started_at": JSON(startedAt), "settled": Self.json(settled),
            "accepted": Self.json(accepted), "tally": .object(tally.json)
        ]
        return json.text + "\n"
    }

    /// Reads ``text``; `nil` for anything else, a later version among it.
    init?(_ text: String) {
        guard let json = try? JSON.parse(text),  // What is wrong with it does not matter: it is not used.
            json["version"]?.integer == 1, let runID = json["run_id"]?.string,
            let startedAt = json["started_at"]?.string.flatMap(Timestamp.init(rfc3339:)),
            let settled = json["settled"].flatMap(Self.mark), let accepted = json["accepted"].flatMap(Self.mark),
            settled.count <= accepted.count, let tally = json["tally"].map(Tally.init(json:))
        else { return nil }
        self.init(runID: runID, startedAt: startedAt, settled: settled, tally: tally, accepted: accepted)
    }

    private static func json(_ mark: Mark) -> JSON {
        ["count": JSON(mark.count), "digest": JSON(mark.digest.description)]
    }

    private static func mark(_ json: JSON) -> Mark? {
        guard let count = json["count"]?.integer, count >= 0, let digest = json["digest"]?.string.flatMap(Digest.init) else { return nil }
        return Mark(count: Int(count), digest: digest)
    }
}
