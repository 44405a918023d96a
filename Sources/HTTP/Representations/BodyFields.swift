import HTTPTypes
package import Knowledge

/// Reads a request's JSON object field by field and collects everything that is wrong with it, so that a client hears of
/// every bad field at once. Unknown fields are ignored; a field that is null counts as absent.
package struct BodyFields {
    private let members: [JSON.Member]
    private let prefix: String
    package private(set) var errors: [Problem.Field] = []

    /// - Throws: 422 when the document is no object.
    package init(_ document: JSON) throws(Problem) {
        guard let members = document.members else {
            throw Problem(.unprocessableContent, "The body must be a JSON object; it is \(document.typeName).")
        }
        self.init(members: members)
    }

    private init(members: [JSON.Member], prefix: String = "") {
        self.members = members
        self.prefix = prefix
    }

    package mutating func report(_ name: String, _ message: String) {
        errors.append(Problem.Field(name: prefix + name, message: message))
    }

    /// - Throws: 422 with all that was reported.
    package func check() throws(Problem) {
        if !errors.isEmpty { throw Problem(fields: errors) }
    }

    package func value(_ name: String) -> JSON? {
        let value = members.last { $0.name == name }?.value
        return value == .null ? nil : value
    }

    /// Whether the field is there, be it null.
    package func has(_ name: String) -> Bool { members.contains { $0.name == name } }

    /// A text without NUL characters.
    /// - Parameter most: the most Unicode scalars it may have.
    package mutating func text(_ name: String, most: Int = .max) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.string else {
            report(name, "must be a string, not \(value.typeName)")
            return nil
        }
        if text.utf8.contains(0) {
            report(name, "must not contain NUL characters")
            return nil
        }
        if text.utf8.count > most, text.unicodeScalars.count > most {
            report(name, "must have at most \(most) characters")
            return nil
        }
        return text
    }

    /// A text that has to be there and is not blank; when it is not, that is reported and the answer is empty.
    package mutating func requiredText(_ name: String, most: Int = .max) -> String {
        let before = errors.count
        guard let text = text(name, most: most) else {
            if errors.count == before { report(name, "is required") }
            return ""
        }
        if text.unicodeScalars.allSatisfy(\.properties.isWhitespace) { report(name, "must not be empty") }
        return text
    }

    package mutating func bool(_ name: String) -> Bool? {
        guard let value = value(name) else { return nil }
        guard let bool = value.bool else {
            report(name, "must be true or false, not \(value.typeName)")
            return nil
        }
        return bool
    }

    package mutating func integer(_ name: String, in range: ClosedRange<Int64>) -> Int64? {
        guard let value = value(name) else { return nil }
        guard let integer = value.integer, range.contains(integer) else {
            report(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return integer
    }

    package mutating func choice<Choice: RawRepresentable & CaseIterable>(_ name: String, _ type: Choice.Type) -> Choice?
    where Choice.RawValue == String {
        guard let text = text(name) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            report(name, "must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
            return nil
        }
        return choice
    }

    package mutating func timestamp(_ name: String) -> Timestamp? {
        guard let text = text(name) else { return nil }
        guard let timestamp = Timestamp(rfc3339: text) else {
            report(name, "must be a date and time as RFC 3339 writes it, such as 2026-11-23T09:30:00Z")
            return nil
        }
        return timestamp
    }

    package mutating func object(_ name: String) -> JSON? {
        guard let value = value(name) else { return nil }
        guard value.members != nil else {
            report(name, "must be an object, not \(value.typeName)")
            return nil
        }
        return value
    }

    package mutating func texts(_ name: String, mostItems: Int, most: Int) -> [String] {
        guard let items = items(name, most: mostItems) else { return [] }
        var texts: [String] = []
        for (index, item) in items.enumerated() {
            var field = BodyFields(members: [.init("\(name)[\(index)]", item)], prefix: prefix)
            texts.append(field.requiredText("\(name)[\(index)]", most: most))
            errors += field.errors
        }
        return texts
    }

    /// An array of objects, each read by `read`.
    package mutating func objects<Element>(_ name: String, most: Int, read: (inout BodyFields) -> Element) -> [Element] {
        guard let items = items(name, most: most) else { return [] }
        var elements: [Element] = []
        for (index, item) in items.enumerated() {
            guard let members = item.members else {
                report("\(name)[\(index)]", "must be an object, not \(item.typeName)")
                continue
            }
            var fields = BodyFields(members: members, prefix: "\(prefix)\(name)[\(index)].")
            elements.append(read(&fields))
            errors += fields.errors
        }
        return elements
    }

    private mutating func items(_ name: String, most: Int) -> [JSON]? {
        guard let value = value(name) else { return nil }
        guard let items = value.array else {
            report(name, "must be an array, not \(value.typeName)")
            return nil
        }
        guard items.count <= most else {
            report(name, "must have at most \(most) items")
            return nil
        }
        return items
    }
}
