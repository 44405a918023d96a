/// What `engram watch` was asked to watch: a task's id, or the URL of its stream.
struct WatchTarget: Equatable, Sendable {
    let task: String
    /// The stream, from the root on, with its ticket if it had one.
    let path: String
    /// The server that a whole URL names.
    let address: ServerAddress?

    /// Reads an id, a `stream_url` (`/api/v1/tasks/ID/stream?ticket=…`), or either after a server's address.
    /// - Returns: `nil` for anything else.
    init?(_ text: String) {
        let text = text.trimmed
        guard let mark = text.range(of: "/api/v1/tasks/") else {
            guard !text.isEmpty, text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }) else {
                return nil
            }
            task = text
            path = "/api/v1/tasks/\(text)/stream"
            address = nil
            return
        }
        let rest = text[mark.upperBound...]
        let id = rest.prefix { $0 != "/" && $0 != "?" }
        guard !id.isEmpty, text.allSatisfy({ $0.isASCII && !$0.isWhitespace }) else { return nil }
        task = String(id)
        let query = rest.firstIndex(of: "?").map { rest[$0...] } ?? ""
        path = "/api/v1/tasks/\(id)/stream\(query)"
        if mark.lowerBound == text.startIndex {
            address = nil
        } else {
            guard let address = ServerAddress(String(text[..<mark.lowerBound])) else { return nil }
            self.address = address
        }
    }
}

extension String {
    /// The first place of `other`. O(count · other.count).
    fileprivate func range(of other: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(other) { return start..<index(start, offsetBy: other.count) }
            start = index(after: start)
        }
        return nil
    }
}
