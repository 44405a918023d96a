/// What makes two names of one type the same thing within an episode.
enum NameKey {
    /// Lower case, white space folded, a possessive's ending and a person's titles dropped. O(name).
    static func key(_ name: String, type: String) -> String {
        var words = words(of: name)
        if let last = words.last {
            for ending in [Array("'s".utf8), Array("’s".utf8)]
            where last.count > ending.count && last.suffix(ending.count).elementsEqual(ending) {
                words[words.count - 1] = last.dropLast(ending.count)
                break
            }
        }
        if type == ThingKind.person.name {
            while words.count > 1, let first = words.first, isTitle(first) {
                words.removeFirst()
            }
        }
        return String(decoding: Array(words.joined(separator: CollectionOfOne(0x20))), as: UTF8.self)
    }

    /// The words in lower case, as UTF-8. Names are mostly ASCII, for which this is quick.
    private static func words(of name: String) -> [ArraySlice<UInt8>] {
        var bytes = Array(name.utf8)
        if bytes.contains(where: { $0 >= 0x80 }) { bytes = Array(folded(name.lowercased()).utf8) }
        for index in bytes.indices where bytes[index] >= 0x41 && bytes[index] <= 0x5A { bytes[index] += 0x20 }
        return bytes.split { $0 <= 0x20 }
    }

    private static func isTitle(_ word: ArraySlice<UInt8>) -> Bool {
        let word = word.last == 0x2E ? word.dropLast() : word
        return Lexicon.shared.tags(of: WordKey(String(decoding: word, as: UTF8.self))).contains(.honorific)
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
