/// A JSON document (RFC 8259) as a value that keeps what other models lose: the order of an object's members, and a
/// number's own digits. Results must not depend on a dictionary's order, and a client's numbers come back as they went in.
package enum JSON: Sendable, Hashable {
    case null
    case bool(Bool)
    /// A number by its literal, as `-1.5e3`.
    case number(String)
    case string(String)
    case array([JSON])
    case object([Member])

    /// One name and its value. Names may repeat in a document; the last one counts, as in every common parser.
    package struct Member: Sendable, Hashable {
        package var name: String
        package var value: JSON

        package init(_ name: String, _ value: JSON) {
            self.name = name
            self.value = value
        }
    }

    /// The value of a member of this object; `nil` when it is absent or this is no object. O(members).
    package subscript(name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    package var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    package var array: [JSON]? {
        if case .array(let values) = self { values } else { nil }
    }

    package var members: [Member]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// The value of a number without a fraction that fits; `nil` otherwise.
    package var integer: Int64? {
        if case .number(let literal) = self { Int64(literal) } else { nil }
    }

    package var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The name of this value's type, for messages to people.
    package var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int64) { self = .number(String(value)) }
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSON)...) { self = .object(elements.map { Member($0.0, $0.1) }) }
}

extension JSON {
    package init(_ value: Int) { self = .number(String(value)) }
    package init(_ value: Int64) { self = .number(String(value)) }
    package init(_ value: String) { self = .string(value) }
    package init(_ value: String?) { self = value.map(JSON.string) ?? .null }
    package init(_ values: [String]) { self = .array(values.map(JSON.string)) }
    package init(_ value: Identifier) { self = .string(value.description) }
    package init(_ value: Identifier?) { self = value.map(JSON.init) ?? .null }
    package init(_ value: Timestamp) { self = .string(value.text()) }
    package init(_ value: Timestamp?) { self = value.map(JSON.init) ?? .null }
    /// A number of so many decimals at most; one that is not finite becomes null, for which JSON has no literal.
    package init(rounded value: Double, decimals: Int = 3) {
        guard value.isFinite else {
            self = .null
            return
        }
        let scale = Double((0..<decimals).reduce(1) { power, _ in power * 10 })
        let whole = (value * scale).rounded() / scale
        self = whole == whole.rounded() && abs(whole) < 1e15 ? .number(String(Int64(whole))) : .number(String(whole))
    }
}
