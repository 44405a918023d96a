/// Where the server is: scheme, host, port and an optional path before `/api/v1`.
struct ServerAddress: Equatable, Sendable, CustomStringConvertible {
    /// Without a trailing slash, as `http://127.0.0.1:8000`.
    let base: String
    /// In lower case, without port and brackets.
    let host: String

    /// - Returns: `nil` for anything that is no absolute `http` or `https` URL. What follows the host may be a path; a
    ///   trailing `/api/v1`, a query and a fragment are dropped.
    init?(_ text: String) {
        let scheme: Substring
        switch text {
        case _ where text.lowercased().hasPrefix("http://"): scheme = "http://"
        case _ where text.lowercased().hasPrefix("https://"): scheme = "https://"
        default: return nil
        }
        var rest = text.dropFirst(scheme.count)
        if let end = rest.firstIndex(where: { $0 == "?" || $0 == "#" }) { rest = rest[..<end] }
        while rest.last == "/" { rest.removeLast() }
        if rest.hasSuffix("/api/v1") { rest.removeLast("/api/v1".count) }
        while rest.last == "/" { rest.removeLast() }
        let authority = rest.prefix { $0 != "/" }
        guard let host = Self.host(of: authority), rest.allSatisfy({ $0.isASCII && !$0.isWhitespace }) else { return nil }
        self.host = host
        base = scheme + authority.lowercased() + rest.dropFirst(authority.count)
    }

    private static func host(of authority: Substring) -> String? {
        guard !authority.contains("@") else { return nil }
        var host = authority
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<end]
            let port = authority[authority.index(after: end)...]
            guard port.isEmpty || (port.first == ":" && UInt16(port.dropFirst()) != nil) else { return nil }
        } else if let colon = authority.firstIndex(of: ":") {
            guard UInt16(authority[authority.index(after: colon)...]) != nil else { return nil }
            host = authority[..<colon]
        }
        return host.isEmpty ? nil : host.lowercased()
    }

    /// Whether the server is this machine, whose owner key the client may read from the data directory.
    var isLoopback: Bool {
        if host == "localhost" || host == "::1" || host.hasSuffix(".localhost") { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil } && parts[0] == "127"
    }

    /// The URL of a path that starts with `/`.
    func url(_ path: String) -> String { base + path }

    var description: String { base }
}

extension String {
    /// This text as one part of a path or query (RFC 3986: all but unreserved characters are escaped).
    var percentEncoded: String {
        var text = ""
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return text
    }
}
