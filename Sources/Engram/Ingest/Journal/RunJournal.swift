import Knowledge

/// What a run that was interrupted needs to go on without doubling or losing anything.
struct RunJournal: Equatable, Sendable {
    /// Stands in every idempotency key of the run.
    let runID: String
    let startedAt: Timestamp
    /// Everything before it has ended, with these sums.
    var settled: Mark
    var tally: Tally
    /// Everything before it has been submitted or uploaded.
    var accepted: Mark

    /// Of the inputs behind ``settled`` that are imported, by their index.
    var imports: [Int: ImportEntry]

    init(
        runID: String, startedAt: Timestamp, settled: Mark = Mark(), tally: Tally = Tally(), accepted: Mark = Mark(),
        imports: [Int: ImportEntry] = [:]
    ) {
        self.runID = runID
        self.startedAt = startedAt
        self.settled = settled
        self.tally = tally
        self.accepted = accepted
        self.imports = imports
    }

    /// Whether an input that was submitted as a memory can't be watched any more.
    ///
    /// A run goes on after the last input that has ended, and submits again what it had submitted behind it, to learn its task: the
    /// server answers a repeated idempotency key with its first answer, and nothing doubles. It does so for 24 hours; later that would
    /// double. Imports are known by their task, and go on whenever it may be.
    func isOutOfReach(_ input: Int, at now: Timestamp) -> Bool {
        input < accepted.count && imports[input] == nil && now >= startedAt.advanced(bySeconds: 23 * 3600)
    }

    var text: String {
        let json: JSON = [
            "version": 2, "run_id": JSON(runID), "started_at": JSON(startedAt), "settled": Self.json(settled),
            "accepted": Self.json(accepted), "tally": .object(tally.json),
            "imports": .array(imports.sorted { $0.key < $1.key }.map { $0.value.json(of: $0.key) })
        ]
        return json.text + "\n"
    }

    /// Reads ``text``; `nil` for anything else, another version among it.
    init?(_ text: String) {
        guard let json = try? JSON.parse(text),  // What is wrong with it does not matter: it is not used.
            json["version"]?.integer == 2, let runID = json["run_id"]?.string,
            let startedAt = json["started_at"]?.string.flatMap(Timestamp.init(rfc3339:)),
            let settled = json["settled"].flatMap(Self.mark), let accepted = json["accepted"].flatMap(Self.mark),
            settled.count <= accepted.count, let tally = json["tally"].map(Tally.init(json:)), let imports = json["imports"]?.array
        else { return nil }
        self.init(runID: runID, startedAt: startedAt, settled: settled, tally: tally, accepted: accepted)
        for entry in imports {
            guard let (input, entry) = ImportEntry.read(entry) else { return nil }
            self.imports[input] = entry
        }
    }

    private static func json(_ mark: Mark) -> JSON {
        ["count": JSON(mark.count), "digest": JSON(mark.digest.description)]
    }

    private static func mark(_ json: JSON) -> Mark? {
        guard let count = json["count"]?.integer, count >= 0, let digest = json["digest"]?.string.flatMap(Digest.init) else { return nil }
        return Mark(count: Int(count), digest: digest)
    }
}
