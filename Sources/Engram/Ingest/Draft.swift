import Knowledge

/// A memory that is to be submitted, or the reason why its line cannot be.
struct Draft: Sendable {
    enum Content: Sendable {
        case body(JSON)
        case malformed(String)
    }

    let origin: Origin
    let content: Content
    /// Of all inputs up to the end of this one.
    let digest: Digest
    /// About what it takes in memory.
    let size: Int

    /// The project, as the body names it: the lane in which order is kept.
    var project: String {
        if case .body(let body) = content { body["project_id"]?.string ?? "" } else { "" }
    }
}

/// Where a memory comes from.
struct Origin: Equatable, Sendable {
    /// The index of the input.
    let input: Int
    /// From 1; 1 for a whole file.
    let line: Int
}

/// Makes bodies of `POST /memories/`.
struct DraftMaker: Sendable {
    let project: String
    /// `nil` leaves it to the server.
    let priority: String?

    /// A line of NDJSON. Its own members win over the command's options.
    func line(_ line: LineSplitter.Line) -> Draft.Content {
        guard case .bytes(let bytes) = line else { return .malformed("The line is longer than 64 MiB.") }
        do {
            let json = try bytes.withUnsafeBytes { bytes throws(JSONSyntaxError) in try JSON.parse(bytes) }
            guard var members = json.members else {
                return .malformed("A line must be a JSON object with the fields of a memory, not \(json.typeName).")
            }
            add("project_id", project, to: &members)
            if let priority { add("priority", priority, to: &members) }
            return .body(.object(members))
        } catch {
            return .malformed("Malformed JSON: \(error).")
        }
    }

    /// A whole file.
    func file(_ bytes: [UInt8], format: InputFormat, title: String) -> Draft.Content {
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        guard let text = String(validating: content, as: UTF8.self) else { return .malformed("The file is not UTF-8 text.") }
        guard text.contains(where: { !$0.isWhitespace }) else { return .malformed("The file is empty.") }
        var members: [JSON.Member] = [
            .init("project_id", JSON(project)), .init("title", JSON(title)), .init("content", JSON(text)),
            .init("content_type", JSON(format.rawValue))
        ]
        if let priority { members.append(.init("priority", JSON(priority))) }
        return .body(.object(members))
    }

    private func add(_ name: String, _ value: String, to members: inout [JSON.Member]) {
        if let present = members.last(where: { $0.name == name }), present.value != .null { return }
        members.removeAll { $0.name == name }
        members.append(.init(name, JSON(value)))
    }
}
