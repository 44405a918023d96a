import Knowledge

/// A change of a task, from an event of its stream or from the task itself.
struct TaskUpdate: Equatable, Sendable {
    enum Kind: String, Sendable {
        case progress, completed, failed, cancelled
    }

    let kind: Kind
    /// Percent, 0…100.
    let progress: Int
    let stage: String
    let message: String
    let error: String?
    let result: JSON?
    /// The whole of what the server said.
    let data: JSON

    var isTerminal: Bool { kind != .progress }

    /// Reads an event.
    /// - Returns: `nil` for an event of a type that this client does not know.
    /// - Throws: ``ContractError`` if its data is not an object.
    init?(_ event: ServerSentEvent) throws(ContractError) {
        guard let kind = Kind(rawValue: event.type) else { return nil }
        guard let data = try? JSON.parse(event.data), data.members != nil else {  // Why it is none does not help anybody.
            throw ContractError(description: "The stream's '\(event.type)' event is not a JSON object.")
        }
        self.init(kind: kind, data: data)
    }

    /// Reads the answer of `GET /tasks/{id}`.
    init(task: JSON) {
        self.init(kind: task["status"]?.string.flatMap { Kind(rawValue: $0.lowercased()) } ?? .progress, data: task)
    }

    private init(kind: Kind, data: JSON) {
        self.kind = kind
        self.data = data
        progress = max(0, min(100, Int(data["progress"]?.integer ?? 0)))
        stage = data["stage"]?.string ?? ""
        message = data["message"]?.string ?? ""
        error = data["error"]?.string
        result = data["result"].flatMap { $0 == .null ? nil : $0 }
    }

    /// This change as a line of `--json`.
    /// - Parameters:
    ///   - origin: members that say whose change it is, put after `event`.
    ///   - event: what to call a terminal change instead of its kind, which is then its `status`.
    func json(_ origin: [JSON.Member], as event: String? = nil) -> JSON {
        var members = [JSON.Member("event", JSON(event ?? kind.rawValue))] + origin
        if event != nil { members.append(.init("status", JSON(kind.rawValue))) }
        members.append(.init("progress", JSON(progress)))
        members.append(.init("stage", JSON(stage)))
        members.append(.init("message", JSON(message)))
        for name in ["attempt", "queue_position", "eta_seconds", "occurred_at", "error", "result"] {
            if let value = data[name], value != .null { members.append(.init(name, value)) }
        }
        return .object(members)
    }

    /// The line that shows a stage to a person, as `  30 %  Extracting entities and relationships...`.
    var line: String {
        let percent = String(progress)
        return String(repeating: " ", count: max(0, 4 - percent.count)) + "\(percent) %  \(message.printable)"
    }
}
