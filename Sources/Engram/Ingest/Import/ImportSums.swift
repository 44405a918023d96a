import Knowledge

/// How an import stands or has ended: its task's `result`, or the answer to its upload.
struct ImportSums: Equatable, Sendable {
    /// A memory that could not be ingested.
    struct Failure: Equatable, Sendable {
        let task: String?
        let memory: String?
        let line: Int?
        let error: String
    }

    /// Lines that made a new memory.
    var accepted = 0
    /// Lines that made a new version of a known one.
    var revised = 0
    /// Lines whose memory the server had already, but not ingested: it is tried again.
    var retried = 0
    /// Lines that the server had already under their `external_id`.
    var unchanged = 0
    var rejected = 0
    var completed = 0
    var failed = 0
    var cancelled = 0
    /// Memories that got newer content, as by a later line, before they were ingested.
    var superseded = 0
    var receipt = Receipt()
    /// The first that failed; ``failed`` may be more.
    var failures: [Failure] = []
    var warning: String?
    /// What the server has of the input, when it says so.
    var content: InputContent?
    /// Whether that is all of it.
    var isComplete = false

    init() {}

    /// Reads what is there; what is not counts as nothing.
    init(_ json: JSON) {
        accepted = Self.count(json["accepted"])
        revised = Self.count(json["revised"])
        retried = Self.count(json["retried"])
        unchanged = Self.count(json["unchanged"])
        rejected = Self.count(json["rejected"])
        completed = Self.count(json["completed"])
        failed = Self.count(json["failed"])
        cancelled = Self.count(json["cancelled"])
        superseded = Self.count(json["superseded"])
        receipt = Receipt(json)
        failures = (json["failures"]?.array ?? []).map { failure in
            Failure(
                task: failure["task_id"]?.string, memory: failure["memory_id"]?.string,
                line: failure["line"]?.integer.map { Int(clamping: $0) }, error: failure["error"]?.string ?? "no reason was given")
        }
        warning = json["warning"]?.string
        content = InputContent(json)
        isComplete = json["complete"]?.bool ?? false
    }

    private static func count(_ json: JSON?) -> Int {
        max(0, min(Int(clamping: json?.integer ?? 0), 1 << 40))
    }

    /// Memories that are to be ingested.
    var submitted: Int { accepted + revised + retried }
    /// Lines that the server has answered for.
    var lines: Int { submitted + unchanged + rejected }
    /// Lines about which nothing more will be heard.
    var ended: Int { completed + failed + cancelled + superseded + unchanged + rejected }

    /// The sums of an import that has ended.
    ///
    /// An import that did not come to its end counts as one memory at least that did not either, so that the run says so.
    /// - Parameter ending: how its task ended. What had not ended of a cancelled one never will, although the server may not have counted
    ///   it yet.
    func tally(of ending: TaskUpdate.Kind) -> Tally {
        var tally = Tally()
        tally.completed = completed
        tally.failed = ending == .failed ? max(1, failed) : failed
        tally.cancelled = ending == .cancelled ? max(1, submitted - completed - failed - superseded) : cancelled
        tally.superseded = superseded
        tally.unchanged = unchanged
        tally.rejected = rejected
        tally.receipt = receipt
        return tally
    }

    /// The sums of an import that has been uploaded and is not waited for.
    var tallyOfUpload: Tally {
        var tally = Tally()
        tally.submitted = submitted
        tally.unchanged = unchanged
        tally.rejected = rejected
        return tally
    }
}
