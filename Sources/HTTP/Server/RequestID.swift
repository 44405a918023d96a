import HTTPTypes
import Knowledge

/// The id by which one request is found in the logs.
enum RequestID {
    static let header = HTTPField.Name("X-Request-ID")

    /// The client's own if it can stand in a log line (at most 128 visible ASCII characters), else a new one.
    static func of(_ fields: HTTPFields, orMake make: () -> Identifier) -> String {
        if let header, let given = fields[header], (1...128).contains(given.utf8.count),
            given.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        {
            return given
        }
        return make().description
    }
}
