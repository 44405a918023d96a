import NIOCore

/// What the answers to a flood of posts were. Kept raw while it lasts, judged afterwards.
struct AcceptTally {
    private static let taskField = FieldScanner(name: "task_id")
    private static let memoryField = FieldScanner(name: "id")

    /// Of each 201, in the order of arrival.
    private(set) var taskIDs: [String] = []
    private(set) var memoryIDs: [String] = []
    /// Of each 201, in microseconds.
    private(set) var latencies: [Double] = []
    /// 201s without a `task_id` or an `id`.
    private(set) var withoutID = 0
    /// 429s and 503s, which are posted again.
    private(set) var pushedBack = 0
    /// Anything else, by what it was.
    private(set) var refusals: [String: Int] = [:]

    var accepted: Int { taskIDs.count + withoutID }
    var refused: Int { refusals.values.reduce(0, +) }

    enum Verdict {
        case accepted, refused
        /// Post it again after this many seconds.
        case busy(Int)
        /// The connection is gone.
        case lost
    }

    mutating func note(_ outcome: ExchangeHandler.Outcome) -> Verdict {
        switch outcome {
        case .failure(let failure):
            refusals[failure.message, default: 0] += 1
            return .lost
        case .success(let reply):
            switch reply.status {
            case 201:
                if let task = Self.taskField.string(in: reply.body), let memory = Self.memoryField.string(in: reply.body) {
                    taskIDs.append(task)
                    memoryIDs.append(memory)
                    latencies.append(Double(reply.nanoseconds) / 1000)
                } else {
                    withoutID += 1
                }
                return .accepted
            case 429, 503:
                pushedBack += 1
                return .busy(reply.retryAfter ?? 1)
            default:
                refusals["\(reply.status) \(String(buffer: reply.body).prefix(120))", default: 0] += 1
                return .refused
            }
        }
    }

    /// The checks every flood has to pass.
    func checks(pushBackAllowed: Bool) -> [Check] {
        let distinctTasks = Set(taskIDs).count
        let distinctMemories = Set(memoryIDs).count
        var first = refusals.first.map { "; e.g. \($0.key)" } ?? ""
        if !pushBackAllowed, pushedBack > 0 { first += "; \(pushedBack) pushed back with 429 or 503" }
        return [
            Check(
                "every POST answered 201 with a task_id",
                refused == 0 && withoutID == 0 && accepted > 0 && (pushBackAllowed || pushedBack == 0),
                "\(accepted) × 201, \(withoutID) without id, \(refused) else" + first),
            Check(
                "ids distinct", distinctTasks == taskIDs.count && distinctMemories == memoryIDs.count,
                "\(distinctTasks) tasks, \(distinctMemories) memories")
        ]
    }
}
