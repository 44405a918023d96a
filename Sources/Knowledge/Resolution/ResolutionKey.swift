/// The keys under which an entity is looked up and from then on found, made from its name and type.
///
/// - `n:` and the folded name (``FoldedName``), without a leading "the" except in that of a creative work, where it is
///   part of the title. A weak type may turn out to be either, so it has both forms.
/// - `f:` and the first name, for persons. Not for a last name behind a title ("Dr. Smith") and not for an initial.
///
/// The type itself is no part of a key: a weakly typed entity has to be found by its stronger namesake.
package struct ResolutionKey: Sendable, Equatable {
    /// A key is at most this many bytes of UTF-8; a longer name keeps its beginning and a hash of the whole.
    package static let maximumLength = 200

    /// The keys of the whole name, the most telling first; never empty.
    package let names: [String]
    package let firstName: String?
    /// Whether the name is one word, so that for a person it is a first name or a last name alone.
    package let isSingleWord: Bool

    package init(name: String, type: String) {
        let isPerson = TypeCompatibility.isPerson(type)
        let folded = FoldedName(name, isPerson: isPerson)
        isSingleWord = folded.isSingleWord
        if let shorter = folded.withoutArticle, !TypeCompatibility.isCreativeWork(type) {
            let short = Self.key("n:", shorter)
            names = TypeCompatibility.isWeak(type) ? [Self.key("n:", folded.text[...]), short] : [short]
        } else {
            names = [Self.key("n:", folded.text[...])]
        }
        let first = folded.firstWord
        if isPerson, first.count > 1, !(folded.hasTitle && folded.isSingleWord) {
            firstName = Self.key("f:", first)
        } else {
            firstName = nil
        }
    }

    /// Every key, those of the whole name first.
    package var all: [String] { firstName.map { names + [$0] } ?? names }

    private static func key(_ prefix: String, _ text: ArraySlice<UInt8>) -> String {
        guard prefix.utf8.count + text.count > maximumLength else { return prefix + String(decoding: text, as: UTF8.self) }
        let hash = String(fnv1a(text), radix: 16)
        var kept = text.prefix(maximumLength - prefix.utf8.count - 17)
        // A scalar is kept whole or not at all.
        while let next = text[kept.endIndex...].first, next & 0xC0 == 0x80 { kept.removeLast() }
        return prefix + String(decoding: kept, as: UTF8.self) + "#" + String(repeating: "0", count: 16 - hash.utf8.count) + hash
    }

    /// The 64-bit FNV-1a hash (Fowler, Noll, Vo): the same in every run, unlike `Hasher`.
    private static func fnv1a(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
