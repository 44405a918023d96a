package import Hummingbird
package import Knowledge
package import Persistence

/// Reads a request's query parameters, and collects everything that is wrong with them.
package struct QueryFields {
    private let parameters: Parameters
    private var errors: [Problem.Field] = []

    package init(_ request: Request) {
        parameters = request.uri.queryParameters
    }

    package mutating func report(_ name: String, _ message: String) {
        errors.append(Problem.Field(name: name, message: message))
    }

    package func check() throws(Problem) {
        if !errors.isEmpty { throw Problem(fields: errors) }
    }

    package func text(_ name: String) -> String? {
        guard let value = parameters[name[...]], !value.isEmpty else { return nil }
        return String(value)
    }

    package mutating func integer(_ name: String, default value: Int, in range: ClosedRange<Int>) -> Int {
        guard let text = text(name) else { return value }
        guard let integer = Int(text), range.contains(integer) else {
            report(
                name,
                range.upperBound == .max
                    ? "must be a whole number from \(range.lowerBound)"
                    : "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return value
        }
        return integer
    }

    package mutating func identifier(_ name: String) -> Identifier? {
        guard let text = text(name) else { return nil }
        guard let id = Identifier(text) else {
            report(name, "must be a UUID")
            return nil
        }
        return id
    }

    /// A task status in any case, as `PENDING` or `Pending`.
    package mutating func status(_ name: String) -> TaskStatus? {
        guard let text = text(name) else { return nil }
        guard let status = TaskStatus.allCases.first(where: { $0.name == text.lowercased() }) else {
            report(name, "must be one of \(TaskStatus.allCases.map(\.name).joined(separator: ", "))")
            return nil
        }
        return status
    }

    /// `page` from 1 and `page_size`.
    package mutating func page() -> (page: Int, slice: Slice) {
        let page = integer("page", default: 1, in: 1...1_000_000_000)
        let size = integer("page_size", default: 20, in: 1...100)
        return (page, Slice(offset: (page - 1) * size, limit: size))
    }

    /// `offset` and `limit`.
    package mutating func slice(default limit: Int, most: Int) -> Slice {
        Slice(offset: integer("offset", default: 0, in: 0...Int(Int32.max)), limit: integer("limit", default: limit, in: 1...most))
    }
}
