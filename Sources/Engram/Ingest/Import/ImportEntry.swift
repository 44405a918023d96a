import Knowledge

/// What the journal keeps of an input that is imported: enough to go on with the same import, whoever died.
struct ImportEntry: Equatable, Sendable {
    /// Where the server takes it.
    struct Target: Equatable, Sendable {
        let task: String
        /// From the root on.
        let uploadURL: String
    }

    /// Counts the imports made of this input within the run, from 1: one that was deleted at the server is not asked for again.
    var generation = 1
    /// `nil` until the server has made the import.
    var target: Target?
    /// Whether the server has said that it has all of the input.
    var isUploaded = false
    /// Whether the rejected lines have been shown.
    var isTold = false
    /// The sums of an import that has ended, while an earlier input has not.
    var tally: Tally?

    /// The entry of the import that replaces one that is gone.
    var replacement: ImportEntry { ImportEntry(generation: generation + 1) }

    /// - Parameter input: the input's index.
    func json(of input: Int) -> JSON {
        var members: [JSON.Member] = [.init("input", JSON(input)), .init("generation", JSON(generation))]
        if let target {
            members.append(.init("task_id", JSON(target.task)))
            members.append(.init("upload_url", JSON(target.uploadURL)))
        }
        members.append(.init("uploaded", .bool(isUploaded)))
        members.append(.init("told", .bool(isTold)))
        if let tally { members.append(.init("tally", .object(tally.json))) }
        return .object(members)
    }

    /// Reads ``json(of:)``; `nil` for anything else.
    static func read(_ json: JSON) -> (input: Int, entry: ImportEntry)? {
        guard let input = json["input"]?.integer, input >= 0, let generation = json["generation"]?.integer, generation > 0,
            let isUploaded = json["uploaded"]?.bool, let isTold = json["told"]?.bool
        else { return nil }
        var entry = ImportEntry(generation: Int(clamping: generation))
        if let task = json["task_id"]?.string, let url = json["upload_url"]?.string {
            entry.target = Target(task: task, uploadURL: url)
        }
        entry.isUploaded = isUploaded
        entry.isTold = isTold
        entry.tally = json["tally"].map(Tally.init(json:))
        return (Int(clamping: input), entry)
    }
}
