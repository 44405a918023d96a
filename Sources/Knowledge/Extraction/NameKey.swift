/// What makes two names of one type the same thing within an episode.
enum NameKey {
    /// Lower case, white space folded, a possessive's ending and a person's titles dropped. O(name).
    static func key(_ name: String, type: String) -> String {
        var words = name.lowercased().split(whereSeparator: { $0.isWhitespace })
        if let last = words.last {
            for ending in ["'s", "’s"] where last.hasSuffix(ending) && last.utf8.count > ending.utf8.count {
                words[words.count - 1] = last.dropLast(2)
            }
        }
        if type == ThingKind.person.name {
            while words.count > 1, let first = words.first, Lexicon.shared.tags(of: WordKey(first.last == "." ? first.dropLast() : first)).contains(.honorific) {
                words.removeFirst()
            }
        }
        return words.joined(separator: " ")
    }

    /// The name with its white space folded.
    static func folded(_ name: String) -> String {
        name.split(whereSeparator: { $0.isWhitespace }).joined(separator: " ")
    }

    /// `worksAt` and `works at` as `WORKS_AT`.
    static func relationshipType(_ name: String) -> String {
        var text = ""
        var isAfterLower = false
        for scalar in name.unicodeScalars {
            if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                if isAfterLower, scalar.properties.isUppercase { text += "_" }
                text += scalar.properties.uppercaseMapping
                isAfterLower = !scalar.properties.isUppercase
            } else {
                if !text.isEmpty, !text.hasSuffix("_") { text += "_" }
                isAfterLower = false
            }
        }
        while text.hasSuffix("_") { text.removeLast() }
        return text.isEmpty ? "RELATED_TO" : text
    }
}
