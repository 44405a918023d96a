/// Walks a JSON document in its order and cuts what it meets into parts.
struct JSONWalker {
    /// A type in a document is a word or three, not a text.
    static let longestType = 40
    static let longestName = 120

    private var locator: JSONStringLocator
    private var fragments: [JSONFragment] = []

    /// At least one part. O(content).
    static func parts(of document: JSON, in episode: Episode) -> [EpisodePart] {
        var walker = JSONWalker(locator: JSONStringLocator(episode.content))
        walker.walk(document, owner: nil, member: nil)
        var parts: [EpisodePart] = []
        var pending: [JSONFragment] = []
        var size = 0
        func flush() {
            parts.append(EpisodePart(content: "", offset: 0, contentType: .json, occurredAt: episode.occurredAt, fragments: pending))
            pending = []
            size = 0
        }
        for fragment in walker.fragments.flatMap(Self.split) {
            if size > 0, size + fragment.size > EpisodeSplitter.limit { flush() }
            pending.append(fragment)
            size += fragment.size
        }
        if !pending.isEmpty || parts.isEmpty { flush() }
        return parts
    }

    /// A long string in pieces.
    private static func split(_ fragment: JSONFragment) -> [JSONFragment] {
        guard case .text(let text, let offset, _, _) = fragment, text.utf8.count > EpisodeSplitter.limit else { return [fragment] }
        let scalars = text.unicodeScalars.map(\.value)
        var pieces: [JSONFragment] = []
        var start = 0
        while start < scalars.count {
            let end = EpisodeSplitter.end(of: scalars, from: start)
            pieces.append(.text(ScalarClass.string(scalars[start..<end]), offset: offset.map { $0 + start }, owner: nil, member: nil))
            start = end
        }
        return pieces
    }

    private init(locator: JSONStringLocator) { self.locator = locator }

    private mutating func walk(_ value: JSON, owner: JSONFragment.Name?, member: String?) {
        switch value {
        case .string(let text): fragments.append(.text(text, offset: locator.next(), owner: owner, member: member))
        case .array(let values):
            for value in values { walk(value, owner: owner, member: member) }
        case .object(let members):
            let name = Self.name(of: value, member: member)
            if let name, let owner, let member { fragments.append(.relation(owner, member: member, name)) }
            for entry in members {
                _ = locator.next()
                if let name, case .string(let text) = entry.value, Self.isDescriptive(entry.name) {
                    let offset = locator.next()
                    if NameKey.folded(text) == name.name { fragments.append(.entity(name, offset: offset)) }
                } else {
                    walk(entry.value, owner: name ?? owner, member: entry.name)
                }
            }
        case .null, .bool, .number: break
        }
    }

    /// Members that say what the object is, not what it has.
    private static func isDescriptive(_ member: String) -> Bool {
        ["name", "title", "type", "@type", "id", "@id", "@context"].contains(member)
    }

    private static func name(of object: JSON, member: String?) -> JSONFragment.Name? {
        guard let text = [object["name"], object["title"]].lazy.compactMap({ $0?.string }).first(where: { !$0.isEmpty }) else { return nil }
        let name = NameKey.folded(text)
        guard !name.isEmpty, name.unicodeScalars.count <= longestName else { return nil }
        let stated = [object["type"], object["@type"]].lazy.compactMap { $0?.string }.first { text in
            !text.isEmpty && text.unicodeScalars.count <= longestType
                && !text.unicodeScalars.contains { $0 == ":" || $0 == "/" || $0 == "\n" }
        }
        return JSONFragment.Name(name: name, type: stated.map(capitalised) ?? member.map(type(ofMember:)) ?? ThingKind.topic.name)
    }

    /// `team_members` as `TeamMember`.
    private static func type(ofMember member: String) -> String {
        let words = member.unicodeScalars.split { !$0.properties.isAlphabetic && $0.properties.numericType == nil }.map { String($0) }
        guard let last = words.last, member.unicodeScalars.count <= longestType else { return ThingKind.topic.name }
        return words.dropLast().map(capitalised).joined() + capitalised(singular(last))
    }

    private static func singular(_ word: String) -> String {
        let lower = word.lowercased()
        if lower == "people" { return "person" }
        if lower == "children" { return "child" }
        if lower.hasSuffix("ies"), lower.utf8.count > 4 { return word.dropLast(3) + "y" }
        if lower.hasSuffix("sses") || lower.hasSuffix("xes") || lower.hasSuffix("ches") { return String(word.dropLast(2)) }
        if lower.hasSuffix("s"), !lower.hasSuffix("ss"), !lower.hasSuffix("us"), !lower.hasSuffix("is"), lower.utf8.count > 3 {
            return String(word.dropLast())
        }
        return word
    }

    private static func capitalised(_ word: String) -> String {
        guard let first = word.unicodeScalars.first else { return word }
        return first.properties.titlecaseMapping + String(word.unicodeScalars.dropFirst())
    }
}
