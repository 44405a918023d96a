/// A bare noun phrase: up to four common words, determiner dropped.
struct NounPhrase: Equatable {
    static let longest = 4

    /// The words that count; the determiner before them is left out.
    var words: Range<Int>

    /// The phrase at `index`, or `nil` when there is none that is worth an entity. O(1).
    init?(in passage: Passage, at index: Int, limit: Int, isMention: (Int) -> Bool) {
        let tokens = passage.tokens
        var start = index
        guard start < limit else { return nil }
        if tokens[start].isWord(.determiner) {
            guard tokens[start].tags.isDisjoint(with: .pointing) else { return nil }
            start += 1
        }
        while start < limit, tokens[start].kind == .word, Self.ornaments.contains(tokens[start].key) { start += 1 }
        var end = start
        while end < limit, end - start <= Self.longest {
            let token = tokens[end]
            guard token.kind == .word, token.tags.isDisjoint(with: .endsPhrase) || token.tags.contains(.kin),
                !isMention(end) || token.shape == .upper
            else { break }
            guard token.shape == .lower || token.shape == .upper || token.tags.contains(.profession) else { break }
            end += 1
            // "LGBTQ+"
            if end < limit, tokens[end].mark == 0x2B, !tokens[end].hasSpaceBefore { end += 1 }
        }
        guard end > start, end - start <= Self.longest else { return nil }
        if end < limit, tokens[end].isWord(.clitic) { return nil }
        if tokens[end - 1].kind == .mark, end - start == 1 { return nil }
        let head = tokens[end - 1].kind == .mark ? tokens[end - 2] : tokens[end - 1]
        guard head.count > 2, head.tags.isDisjoint(with: [.vague, .adverb, .weekday, .month, .number]) else { return nil }
        guard head.tags.isDisjoint(with: .adjective) || !head.tags.isDisjoint(with: [.event, .profession]) else { return nil }
        for token in tokens[start..<end]
        where token.isWord([.personVerb, .speechVerb, .number]) || token.shape == .title || Self.verbs.contains(token.key) { return nil }
        // "creating a safe place" is no thing called "creating", and who made a friend dinner did not make the friend.
        if end < limit, tokens[end].isWord([.determiner, .pronoun, .interjection, .adjective]),
            WordKey(passage.original[(head.end - 3)..<head.end]) == WordKey("ing")
        {
            return nil
        }
        guard head.tags.isDisjoint(with: .kin) || head.tags.contains(.profession) else { return nil }
        if end < limit, tokens[end].key == Word.of.key, Self.measures.contains(head.key) { return nil }
        let ending = WordKey(passage.original[(head.end - 2)..<head.end])
        guard !Self.noNounEndings.contains(ending) else { return nil }
        words = start..<end
    }

    /// As an entity's name: lower case, one space between words.
    func name(in passage: Passage) -> String { passage.name(words).lowercased() }

    func head(in passage: Passage) -> TextToken {
        let last = passage.tokens[words.upperBound - 1]
        return last.kind == .mark && words.count > 1 ? passage.tokens[words.upperBound - 2] : last
    }

    private static let measures: Set<WordKey> = Set(
        ["bottle", "cup", "glass", "pair", "set", "box", "bag", "pack", "slice", "loaf", "copy"].map { WordKey($0) })
    private static let verbs: Set<WordKey> = Set(
        ["made", "make", "makes", "took", "take", "takes", "gave", "give", "play", "come", "see", "bring", "brought"].map { WordKey($0) })
    private static let noNounEndings: Set<WordKey> = Set(["ed", "ly"].map { WordKey($0) })
    /// Praise and quantity before a noun, which is the same noun without it.
    private static let ornaments: Set<WordKey> = Set(
        [
            "new", "great", "good", "nice", "beautiful", "amazing", "awesome", "cool", "lovely", "wonderful", "big", "huge", "little",
            "small", "old", "favorite",
            "favourite", "own", "really", "super", "very", "incredible", "fantastic", "fun", "cute", "local", "few", "bunch", "special",
            "own", "gorgeous", "simple",
            "successful", "talented", "great", "proud", "former", "current", "single", "full-time", "part-time", "so", "more", "many",
            "other", "first"
        ].map { WordKey($0) })
}
