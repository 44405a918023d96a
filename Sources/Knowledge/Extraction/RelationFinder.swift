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
    private var lastPerson: Int?
    /// The last subject of the sentence, for "… and works at …".
    private var lastSubject: (mention: Int, token: Int)?

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
                    for pattern in patterns where apply(pattern, at: index, in: sentence) { break }
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
            guard let mention = mention(at: index), mentions[mention].kind == .person, persons.insert(mentions[mention].name).inserted else { continue }
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
        guard source != target, mentions[source].name != mentions[target].name || mentions[source].kind != mentions[target].kind else { return }
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

    private mutating func apply(_ pattern: RelationPattern, at index: Int, in sentence: Sentence) -> Bool {
        let limit = sentence.tokens.upperBound
        guard let end = pattern.end(in: passage.tokens, from: index, limit: limit), isAsserted(index, in: sentence) else { return false }
        let subjects = self.subjects(before: index, pattern.subjects, be: pattern.be, in: sentence)
        guard let first = subjects.first else { return false }
        let objects = self.objects(at: end, pattern, limit: limit)
        guard !objects.isEmpty else { return false }
        lastSubject = (first, index)
        for subject in subjects {
            for object in objects { pattern.isReversed ? state(pattern.type, object, subject) : state(pattern.type, subject, object) }
        }
        return true
    }

    /// Whether the clause up to the word at `index` is said as a fact: not denied, wished, guessed or conditional.
    func isAsserted(_ index: Int, in sentence: Sentence) -> Bool {
        var inClause = true
        var position = index - 1
        let floor = max(sentence.tokens.lowerBound, index - Self.reach)
        while position >= floor {
            let token = passage.tokens[position]
            if token.kind == .mark {
                if [0x2C, 0x3B, 0x3A, 0x2014, 0x2013].contains(token.mark) { inClause = false }
            } else if token.kind == .word, mention(at: position) == nil {
                if Self.conditions.contains(token.key) { return false }
                if inClause {
                    if Self.joints.contains(token.key) {
                        inClause = false
                    } else if !token.tags.isDisjoint(with: [.negation, .hypothetical]) {
                        return false
                    }
                }
            }
            position -= 1
        }
        return true
    }

    /// Who does what the word at `index` says: what stands right before it, adverbs and auxiliaries skipped.
    func subjects(before index: Int, _ kinds: ThingKinds, be: Bool?, in sentence: Sentence) -> [Int] {
        let start = sentence.tokens.lowerBound
        var position = index - 1
        var sawBe = false
        var skipped = 0
        while position >= start, skipped < 6, mention(at: position) == nil {
            let token = passage.tokens[position]
            guard token.kind == .word else { break }
            if token.isWord(.be) || token.key == Word.possessive.key && position > start && mention(at: position - 1) != nil {
                sawBe = true
            } else if token.isWord([.adverb, .have]) || Self.fillers.contains(token.key) {
            } else if sawBe == false, be != false, token.isWord([.determiner, .adjective]), !token.tags.contains(.pointing) {
                // "is a big fan of"
            } else {
                break
            }
            position -= 1
            skipped += 1
        }
        if let be, be != sawBe { return [] }
        guard position >= start else {
            // "Went to Paris." in a chat is said of the speaker.
            guard !sawBe, kinds.contains(.person), let speaker = speaker(of: sentence), Self.isPast(passage.tokens[index], passage) else { return [] }
            return [speaker]
        }
        var token = passage.tokens[position]
        if token.key == Word.who.key || token.key == Word.which.key {
            position -= 1
            if position >= start, passage.tokens[position].mark == 0x2C { position -= 1 }
            guard position >= start else { return [] }
            token = passage.tokens[position]
        } else if token.mark == 0x2C, position - 1 >= start, let apposed = mention(at: position - 1), mentions[apposed].tokens.lowerBound > start,
            passage.tokens[mentions[apposed].tokens.lowerBound - 1].mark == 0x2C
        {
            // "Tom's wife, Mary, bought"
            return kinds.contains(mentions[apposed].kind) ? [apposed] : []
        } else if Self.joining.contains(token.key) || token.mark == 0x2C {
            return shared(before: position, kinds, in: sentence)
        }
        if token.key == Word.i.key || token.key == Word.we.key {
            return kinds.contains(.person) ? speaker(of: sentence).map { [$0] } ?? [] : []
        }
        if Self.anaphors.contains(token.key), position == start || passage.tokens[position - 1].isWord(.conjunction), let person = lastPerson, kinds.contains(.person) {
            return [person]
        }
        guard let found = mention(at: position), kinds.contains(mentions[found].kind) else { return [] }
        return coordinated(found, kinds, in: sentence)
    }

    /// The subject that a verb after "and" shares with the one before.
    private func shared(before position: Int, _ kinds: ThingKinds, in sentence: Sentence) -> [Int] {
        let start = sentence.tokens.lowerBound
        var subject = lastSubject
        if subject == nil {
            if let opening = mention(at: start), kinds.contains(mentions[opening].kind) { subject = (opening, start) }
            if passage.tokens[start].key == Word.i.key, let speaker = speaker(of: sentence) { subject = (speaker, start) }
        }
        guard let subject, kinds.contains(mentions[subject.mention].kind), position - subject.token < Self.reach else { return [] }
        for index in (subject.token + 1)..<max(position, subject.token + 1) where passage.tokens[index].isWord(.pronoun) { return [] }
        return [subject.mention]
    }

    /// "Alice, Bob and Carol" when they open the sentence; otherwise the last of them alone.
    private func coordinated(_ last: Int, _ kinds: ThingKinds, in sentence: Sentence) -> [Int] {
        let start = sentence.tokens.lowerBound
        var found = [last]
        var position = mentions[last].tokens.lowerBound - 1
        // "the manager of Acme works", "Alice's Bob"
        if position >= start, passage.tokens[position].isWord([.preposition, .clitic]) { return [] }
        while position > start, passage.tokens[position].key == Word.and.key || passage.tokens[position].mark == 0x2C || passage.tokens[position].mark == 0x26,
            found.count < 8
        {
            if passage.tokens[position - 1].mark == 0x2C { position -= 1 }
            guard position > start, let other = mention(at: position - 1), kinds.contains(mentions[other].kind) else { break }
            found.append(other)
            position = mentions[other].tokens.lowerBound - 1
        }
        guard found.count > 1 else { return found }
        return position < start ? found.reversed() : [last]
    }

    /// What follows the phrase: names, or a noun phrase where the pattern takes one; several joined by commas or "and".
    private mutating func objects(at index: Int, _ pattern: RelationPattern, limit: Int) -> [Int] {
        var found: [Int] = []
        var position = index
        while found.count < 8 {
            var next = position
            var skipped = 0
            while next < limit, skipped < 4, mention(at: next) == nil, passage.tokens[next].kind == .word, isSkippable(passage.tokens[next], found.isEmpty) {
                next += 1
                skipped += 1
            }
            let after: Int
            if next < limit, let mention = mention(at: next), pattern.objects.contains(mentions[mention].kind), mentions[mention].tokens.lowerBound == next,
                !isOwner(mention, limit: limit), !(pattern.phrase != .none && mentions[mention].isAcronym(passage))
            {
                found.append(mention)
                after = mentions[mention].tokens.upperBound
            } else if pattern.phrase != .none, let phrase = phrase(at: position, limit: limit), pattern.phrase == .any || phrase.head(in: passage).tags.contains(.event) {
                if !found.isEmpty, phrase.words.upperBound < limit, passage.tokens[phrase.words.upperBound].isWord([.be, .have, .auxiliary]) { break }
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
            guard let mention = mention(at: index), connected.insert(mention).inserted, ThingKinds.named.contains(mentions[mention].kind) else { continue }
            state("MENTIONED", speaker, mention)
        }
    }

    // MARK: Words

    private static func isPast(_ token: TextToken, _ passage: Passage) -> Bool {
        if pasts.contains(token.key) { return true }
        return token.count > 3 && WordKey(passage.original[(token.end - 2)..<token.end]) == WordKey("ed")
    }

    private static let pasts: Set<WordKey> = Set(["went", "bought", "met", "wrote", "made", "built", "grew", "ran", "flew", "drove", "took", "drew"].map { WordKey($0) })
    private static let conditions: Set<WordKey> = Set(["if", "unless", "whether", "wish", "imagine", "suppose", "supposing", "until", "pretend", "maybe", "perhaps"].map { WordKey($0) })
    private static let joints: Set<WordKey> = Set(["but", "and", "so", "because", "since", "when", "after", "before", "although", "though", "while", "who"].map { WordKey($0) })
    private static let anaphors: Set<WordKey> = Set(["he", "she"].map { WordKey($0) })
    private static let joining: Set<WordKey> = Set(["and", "but", "then"].map { WordKey($0) })
    private static let fillers: Set<WordKey> = Set(["do", "did", "does", "all", "both", "just", "sure", "even"].map { WordKey($0) })
    private static let apposed: Set<WordKey> = Set(["company", "startup", "city", "town", "village", "of", "firm", "called", "named", "novel", "book", "song", "movie", "film", "old"].map { WordKey($0) })
    static let pets: Set<WordKey> = Set(["dog", "cat", "puppy", "kitten", "pup", "kitty", "horse", "hamster", "parrot", "rabbit"].map { WordKey($0) })
    private static let becoming: Set<WordKey> = Set(["became", "becomes", "works", "worked", "work", "working"].map { WordKey($0) })
}

extension MentionSpan {
    /// "LGBTQ" may be the beginning of a noun phrase.
    func isAcronym(_ passage: Passage) -> Bool { kind == .topic && tokens.count == 1 && passage.tokens[tokens.lowerBound].shape == .upper }
}
