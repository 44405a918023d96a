/// The words that the extractor knows, by key. Built once from the lists in this folder's other `Lexicon+…` files.
struct Lexicon: Sendable {
    static let shared = Lexicon()

    private var words: [WordKey: WordTags] = [:]
    /// Names of more than one word, by the key of all of them.
    private var phrases: [WordKey: WordTags] = [:]

    func tags(of key: WordKey) -> WordTags { words[key] ?? [] }

    func tags(ofPhrase key: WordKey) -> WordTags { phrases[key] ?? [] }

    /// What is known of the words together; for one word, of that.
    func tags(of tokens: ArraySlice<TextToken>) -> WordTags {
        guard let first = tokens.first else { return [] }
        if tokens.count == 1 { return first.tags }
        return phrases[Self.key(of: tokens)] ?? []
    }

    static func key(of tokens: ArraySlice<TextToken>) -> WordKey {
        var key = WordKey()
        for token in tokens {
            if token.kind == .word { key.append(token.key) } else if token.mark == 0x26 { key.append(ampersand) }
        }
        return key
    }

    /// Whether an organisation is meant with and without this word.
    static func isLegalForm(_ word: some StringProtocol) -> Bool {
        legalForms.contains(WordKey(word.last == "." ? word.dropLast() : word[...]))
    }

    private static let legalForms: Set<WordKey> = Set(
        [
            "inc", "incorporated", "ltd", "limited", "llc", "llp", "plc", "corp", "corporation", "gmbh", "ag", "co", "company", "sa", "bv",
            "oy"
        ].map { WordKey($0) })

    private static let ampersand = WordKey("&")

    private init() {
        words.reserveCapacity(6000)
        for (tags, list) in Self.grammar { add(list, tags) }
        for (tags, list) in Self.everyday { add(list, tags) }
        for (tags, list) in Self.cues { add(list, tags) }
        add(Self.givenNames, .firstName)
        addPhrases(Self.places, .place)
        addPhrases(Self.organizations, .organization)
    }

    private mutating func add(_ list: String, _ tags: WordTags) {
        for word in list.split(whereSeparator: { $0 == " " || $0 == "\n" }) { words[WordKey(word), default: []].formUnion(tags) }
    }

    /// Names separated by commas or line ends, each of one word or more.
    private mutating func addPhrases(_ list: String, _ tags: WordTags) {
        for name in list.split(whereSeparator: { $0 == "," || $0 == "\n" }) {
            let parts = name.split(separator: " ")
            guard let first = parts.first else { continue }
            if parts.count == 1 {
                words[WordKey(first), default: []].formUnion(tags)
            } else {
                var key = WordKey()
                for part in parts { key.append(WordKey(part.last == "." ? part.dropLast() : part)) }
                phrases[key, default: []].formUnion(tags)
            }
        }
    }
}
