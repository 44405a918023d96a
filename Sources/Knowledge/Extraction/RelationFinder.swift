/// Finds the relationships that a passage's sentences state.
struct RelationFinder {
    /// How far a rule looks to the left for what negates or weakens a statement, in tokens.
    static let reach = 40

    /// A statement between two of ``mentions``.
    struct Statement: Equatable {
        var source: Int
        var target: Int
        var type: String
        var sentence: Int
    }

    let passage: Passage
    /// Speakers first, one for each turn; then names in their order; noun phrases of relationships are appended.
    private(set) var mentions: [MentionSpan]
    private(set) var statements: [Statement] = []
    private let turns: [Turn]
    /// The mention that covers a token, or -1.
    private var mentionAt: [Int32]
    private var phraseAt: [Int: Int] = [:]
    var current = 0
    /// The only person of the sentences before, whom "she" or "he" means; prose only.
    private(set) var lastPerson: Int?
    /// The last subject of the sentence, for "… and works at …".
    var lastSubject: (mention: Int, token: Int)?

    init(passage: Passage, names: [MentionSpan], turns: [Turn]) {
        self.passage = passage
        self.turns = turns
        mentions = turns.map { MentionSpan(tokens: 0..<0, scalars: $0.nameRange, kind: .person, name: $0.speaker, score: 10) } + names
        mentionAt = [Int32](repeating: -1, count: passage.tokens.count)
        for (index, name) in names.enumerated() {
            for token in name.tokens { mentionAt[token] = Int32(index + turns.count) }
        }
    }

    mutating func run() {
        for index in passage.sentences.indices {
            current = index
            lastSubject = nil
            let sentence = passage.sentences[index]
            let first = statements.count
            if !sentence.isQuestion, !sentence.isShouted { read(sentence) }
            if sentence.turn == nil { rememberPerson(of: sentence) }
            if let turn = sentence.turn { addMentioned(by: turn, in: sentence, since: first) }
        }
    }

    private mutating func read(_ sentence: Sentence) {
        var index = sentence.tokens.lowerBound
        while index < sentence.tokens.upperBound {
            let token = passage.tokens[index]
            if token.kind == .word, mentionAt[index] < 0 {
                if token.isWord(.kin) || Self.pets.contains(token.key) { kinship(at: index, in: sentence) }
                if token.tags.contains(.be) || token.key == Word.possessive.key { predicate(at: index, in: sentence) }
                if Self.becoming.contains(token.key) { becoming(at: index, in: sentence) }
                if let patterns = RelationPattern.byTrigger[token.key] {
                    for pattern in patterns {
                        guard let end = apply(pattern, at: index, in: sentence) else { continue }
                        // What the statement took as its object states nothing itself.
                        index = max(index, end - 1)
                        break
                    }
                }
            } else if mentionAt[index] >= 0, index + 1 < sentence.tokens.upperBound, mentionAt[index + 1] != mentionAt[index] {
                apposition(at: index, in: sentence)
            }
            index += 1
        }
    }

    private mutating func rememberPerson(of sentence: Sentence) {
        var persons: Set<String> = []
        var person: Int?
        for index in sentence.tokens {
            guard let mention = mention(at: index), mentions[mention].kind == .person, persons.insert(mentions[mention].name).inserted
            else { continue }
            person = mention
        }
        switch persons.count {
        case 0: if !sentence.tokens.contains(where: { Self.anaphors.contains(passage.tokens[$0].key) }) { lastPerson = nil }
        case 1: lastPerson = person
        default: lastPerson = nil
        }
    }

    // MARK: Access for the rules

    func mention(at token: Int) -> Int? {
        guard token >= 0, token < mentionAt.count, mentionAt[token] >= 0 else { return nil }
        return Int(mentionAt[token])
    }

    /// The speaker of a sentence as a mention.
    func speaker(of sentence: Sentence) -> Int? { sentence.turn }

    mutating func state(_ type: String, _ source: Int, _ target: Int) {
        guard source != target, mentions[source].name != mentions[target].name || mentions[source].kind != mentions[target].kind else {
            return
        }
        statements.append(Statement(source: source, target: target, type: type, sentence: current))
    }

    /// The mention of a noun phrase, made on first use.
    mutating func mention(of phrase: NounPhrase) -> Int {
        if let known = phraseAt[phrase.words.lowerBound] { return known }
        var mention = MentionSpan.covering(phrase.words, of: passage, kind: .topic, name: phrase.name(in: passage), score: 1)
        mention.isPhrase = true
        mentions.append(mention)
        phraseAt[phrase.words.lowerBound] = mentions.count - 1
        return mentions.count - 1
    }

    func phrase(at index: Int, limit: Int) -> NounPhrase? {
        NounPhrase(in: passage, at: index, limit: limit) { mentionAt[$0] >= 0 }
    }

    // MARK: Verb patterns

    private mutating func apply(_ pattern: RelationPattern, at index: Int, in sentence: Sentence) -> Int? {
        let limit = sentence.tokens.upperBound
        guard let end = pattern.end(in: passage.tokens, from: index, limit: limit), isAsserted(index, in: sentence) else { return nil }
        let subjects = self.subjects(before: index, pattern.subjects, be: pattern.be, in: sentence)
        guard let first = subjects.first else { return nil }
        let objects = self.objects(at: end, pattern, limit: limit)
        if objects.isEmpty, pattern.isMutual, subjects.count > 1 {
            // "Alice and Bob met"
            for other in subjects.dropFirst() { state(pattern.type, first, other) }
            return end
        }
        guard !objects.isEmpty else { return nil }
        lastSubject = (first, index)
        for subject in subjects {
            for object in objects { pattern.isReversed ? state(pattern.type, object, subject) : state(pattern.type, subject, object) }
        }
        return objects.filter { mentions[$0].isPhrase }.map { mentions[$0].tokens.upperBound }.max() ?? end
    }

    /// What follows the phrase: names, or a noun phrase where the pattern takes one; several joined by commas or "and".
    private mutating func objects(at index: Int, _ pattern: RelationPattern, limit: Int) -> [Int] {
        var found: [Int] = []
        var position = index
        while found.count < 8 {
            var next = position
            var skipped = 0
            while next < limit, skipped < 4, mention(at: next) == nil, passage.tokens[next].kind == .word,
                isSkippable(passage.tokens[next], found.isEmpty)
            {
                next += 1
                skipped += 1
            }
            let after: Int
            if next < limit, let mention = mention(at: next), pattern.objects.contains(mentions[mention].kind),
                mentions[mention].tokens.lowerBound == next,
                !isOwner(mention, limit: limit), !(pattern.phrase != .none && isModifier(mention, limit: limit))
            {
                found.append(mention)
                after = mentions[mention].tokens.upperBound
            } else if pattern.phrase != .none, let phrase = phrase(at: position, limit: limit),
                pattern.phrase == .any || phrase.head(in: passage).tags.contains(.event),
                pattern.type != "LIKES" || !passage.tokens[position].isWord(.determiner)
                    || !Self.definite.contains(passage.tokens[position].key)
            {
                if !found.isEmpty, phrase.words.upperBound < limit, passage.tokens[phrase.words.upperBound].isWord([.be, .have, .auxiliary])
                {
                    break
                }
                found.append(self.mention(of: phrase))
                after = phrase.words.upperBound
            } else {
                break
            }
            position = after
            if position < limit, passage.tokens[position].mark == 0x2C { position += 1 }
            if position < limit, passage.tokens[position].key == Word.and.key { position += 1 }
            if position == after { break }
        }
        return found
    }

    private func isSkippable(_ token: TextToken, _ isFirst: Bool) -> Bool {
        if token.isWord(.determiner) { return true }
        return isFirst && token.shape == .lower && token.isWord([.kin, .adjective]) || isFirst && Self.apposed.contains(token.key)
    }

    /// "Nintendo games" are not Nintendo.
    private func isModifier(_ mention: Int, limit: Int) -> Bool {
        let next = mentions[mention].tokens.upperBound
        guard next < limit else { return false }
        let token = passage.tokens[next]
        return token.mark == 0x2B && !token.hasSpaceBefore
            || token.kind == .word && token.shape == .lower && token.tags.isDisjoint(with: .endsPhrase)
    }

    /// "Anna's brother" is not Anna.
    private func isOwner(_ mention: Int, limit: Int) -> Bool {
        let next = mentions[mention].tokens.upperBound
        return next < limit && passage.tokens[next].key == Word.possessive.key
    }

    // MARK: Mentioned

    private mutating func addMentioned(by speaker: Int, in sentence: Sentence, since first: Int) {
        var connected: Set<Int> = [speaker]
        for statement in statements[first...] {
            if statement.source == speaker { connected.insert(statement.target) }
            if statement.target == speaker { connected.insert(statement.source) }
        }
        for index in sentence.tokens {
            guard let mention = mention(at: index), connected.insert(mention).inserted, ThingKinds.named.contains(mentions[mention].kind)
            else { continue }
            state("MENTIONED", speaker, mention)
        }
    }

    // MARK: Words

    /// What has one of these before it is known from the conversation, not by its name.
    private static let definite: Set<WordKey> = Set(["the", "his", "her", "their", "its", "our"].map { WordKey($0) })
    private static let apposed: Set<WordKey> = Set(
        ["company", "startup", "city", "town", "village", "of", "firm", "called", "named", "novel", "book", "song", "movie", "film", "old"]
            .map { WordKey($0) })
    static let pets: Set<WordKey> = Set(
        ["dog", "cat", "puppy", "kitten", "pup", "kitty", "horse", "hamster", "parrot", "rabbit"].map { WordKey($0) })
    private static let becoming: Set<WordKey> = Set(["became", "becomes", "works", "worked", "work", "working"].map { WordKey($0) })
}
