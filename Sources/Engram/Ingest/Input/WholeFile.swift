import Knowledge

/// A file that is one memory.
struct WholeFile: Sendable {
    enum Content: Sendable {
        /// Of `POST /memories/`.
        case body(JSON)
        case malformed(String)
    }

    let content: Content
    /// Of its bytes.
    let digest: Digest

    /// The most bytes that it may have.
    static let limit = 64 << 20

    /// It could not be read.
    init(malformed reason: String) {
        content = .malformed(reason)
        digest = Digest()
    }

    /// - Parameters:
    ///   - project: an id or `default`.
    ///   - priority: `nil` leaves it to the server.
    init(_ bytes: [UInt8], format: InputFormat, title: String, project: String, priority: String?) {
        var digest = Digest()
        digest.add(bytes)
        self.digest = digest
        let text = bytes.starts(with: ByteOrderMark.bytes) ? bytes[ByteOrderMark.bytes.count...] : bytes[...]
        guard let text = String(validating: text, as: UTF8.self) else {
            content = .malformed("The file is not UTF-8 text.")
            return
        }
        guard text.contains(where: { !$0.isWhitespace }) else {
            content = .malformed("The file is empty.")
            return
        }
        var members: [JSON.Member] = [
            .init("project_id", JSON(project)), .init("title", JSON(title)), .init("content", JSON(text)),
            .init("content_type", JSON(format.rawValue))
        ]
        if let priority { members.append(.init("priority", JSON(priority))) }
        content = .body(.object(members))
    }
}

/// U+FEFF at the start of a text, which says nothing in UTF-8.
enum ByteOrderMark {
    static let bytes: [UInt8] = [0xEF, 0xBB, 0xBF]
}
