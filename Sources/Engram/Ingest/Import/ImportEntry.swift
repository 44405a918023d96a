import Knowledge

/// What the journal keeps of an input that is imported: enough to go on with the same import, whoever died.
struct ImportEntry: Equatable, Sendable {
    /// Where the server takes it.
    struct Target: Equatable, Sendable {
        let task: String
        /// Below `/api/v1`: `PUT` sends lines, `GET` tells how it stands.
        let path: String

        init(task: String, path: String) {
            self.task = task
            self.path = path
        }

        /// Reads the answer that made the import.
        init(_ answer: JSON) throws(ContractError) {
            guard let task = answer["task_id"]?.string, let url = answer["upload_url"]?.string, url.hasPrefix(Self.base) else {
                throw ContractError(description: "The server made an import without saying where to upload it.")
            }
            self.init(task: task, path: String(url.dropFirst(Self.base.count)))
        }

        private static let base = "/api/v1"

        /// The id of its project, if the path says it.
        var project: String? {
            let parts = path.split(separator: "/")
            return parts.count == 4 && parts[0] == "projects" ? String(parts[1]) : nil
        }
    }

    /// What the server has said of an upload that came to its end.
    struct Upload: Equatable, Sendable {
        let content: InputContent
        let tally: Tally
    }

    /// Counts the imports made of this input within the run, from 1: one that was deleted at the server is not asked for again.
    var generation = 1
    /// `nil` until the server has made the import.
    var target: Target?
    /// Whether the rejected lines have been shown.
    var isTold = false
    /// `nil` until the server has all of the input; kept until the run is over, to notice that the input has changed.
    var upload: Upload?
    /// The sums of an import that has ended, while an earlier input has not.
    var tally: Tally?

    /// The entry of the import that replaces one that is gone.
    var replacement: ImportEntry { ImportEntry(generation: generation + 1) }

    /// - Parameter input: the input's index.
    func json(of input: Int) -> JSON {
        var members: [JSON.Member] = [.init("input", JSON(input)), .init("generation", JSON(generation))]
        if let target {
            members.append(.init("task_id", JSON(target.task)))
            members.append(.init("path", JSON(target.path)))
        }
        members.append(.init("told", .bool(isTold)))
        if let upload { members.append(.init("upload", .object(upload.content.json + [.init("tally", .object(upload.tally.json))]))) }
        if let tally { members.append(.init("tally", .object(tally.json))) }
        return .object(members)
    }

    /// Reads ``json(of:)``; `nil` for anything else.
    static func read(_ json: JSON) -> (input: Int, entry: ImportEntry)? {
        guard let input = json["input"]?.integer, input >= 0, let generation = json["generation"]?.integer, generation > 0,
            let isTold = json["told"]?.bool
        else { return nil }
        var entry = ImportEntry(generation: Int(clamping: generation))
        if let task = json["task_id"]?.string, let path = json["path"]?.string {
            entry.target = Target(task: task, path: path)
        }
        entry.isTold = isTold
        if let upload = json["upload"], let content = InputContent(upload) {
            entry.upload = Upload(content: content, tally: Tally(json: upload["tally"] ?? .null))
        }
        entry.tally = json["tally"].map(Tally.init(json:))
        return (Int(clamping: input), entry)
    }
}
