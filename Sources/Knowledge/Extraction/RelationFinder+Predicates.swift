extension RelationFinder {
    /// "X is a nurse (at Y)", "I'm a counselor".
    mutating func predicate(at index: Int, in sentence: Sentence) {
        let limit = sentence.tokens.upperBound
        guard isAsserted(index, in: sentence) else { return }
        let token = passage.tokens[index]
        var next = index + 1
        while next < limit, passage.tokens[next].isWord(.adverb) { next += 1 }
        guard next < limit, passage.tokens[next].tags.isDisjoint(with: .negation) else { return }
        let hasArticle = Self.articles.contains(passage.tokens[next].key)
        if token.key == Word.possessive.key, !hasArticle { return }
        let isTitle = passage.tokens[next].isWord(.profession)
        guard hasArticle || isTitle || passage.tokens[next].key == Word.the.key else { return }
        guard let subject = subjects(before: index, .named, be: nil, in: sentence).first else { return }
        classify(subject, at: next, hasArticle: hasArticle, limit: limit)
    }

    /// "X became a nurse", "X works as a nurse".
    mutating func becoming(at index: Int, in sentence: Sentence) {
        let limit = sentence.tokens.upperBound
        var next = index + 1
        if passage.tokens[index].key != Self.became, passage.tokens[index].key != Self.becomes {
            guard next < limit, passage.tokens[next].key == Self.as else { return }
            next += 1
        }
        guard next < limit, isAsserted(index, in: sentence), let subject = subjects(before: index, .person, be: nil, in: sentence).first
        else { return }
        classify(subject, at: next, hasArticle: true, limit: limit)
    }

    /// "Jane Roe, a nurse at Acme, …", "Jane Roe, CEO of Acme".
    mutating func apposition(at index: Int, in sentence: Sentence) {
        let limit = sentence.tokens.upperBound
        guard let subject = mention(at: index), mentions[subject].kind == .person, passage.tokens[index + 1].mark == 0x2C,
            index + 2 < limit,
            isAsserted(mentions[subject].tokens.lowerBound, in: sentence)
        else { return }
        let next = index + 2
        guard let phrase = phrase(at: next, limit: limit), isProfession(phrase.head(in: passage)) else { return }
        // "Alice, teacher and …" may be a list; an article, a title or an institution after it settles it.
        let after = phrase.words.upperBound
        let continues = after < limit && (passage.tokens[after].isWord(.preposition) || passage.tokens[after].mark == 0x2C)
        guard Self.articles.contains(passage.tokens[next].key) || passage.tokens[next].key == Word.the.key || continues else { return }
        state("IS_A", subject, mention(of: phrase))
        employment(of: subject, at: after, limit: limit)
    }

    private mutating func classify(_ subject: Int, at index: Int, hasArticle: Bool, limit: Int) {
        guard let phrase = phrase(at: index, limit: limit) else { return }
        let head = phrase.head(in: passage)
        if mentions[subject].kind == .person {
            guard isProfession(head) else { return }
        } else {
            guard hasArticle, head.tags.isDisjoint(with: [.adjective, .vague]) else { return }
            let after = phrase.words.upperBound
            if after < limit, passage.tokens[after].key == Word.of.key, Self.partitives.contains(head.key) { return }
        }
        if phrase.words.upperBound < limit, passage.tokens[phrase.words.upperBound].key == Word.of.key, Self.relational.contains(head.key) {
            return
        }
        state("IS_A", subject, mention(of: phrase))
        if mentions[subject].kind == .person { employment(of: subject, at: phrase.words.upperBound, limit: limit) }
    }

    /// "… at Acme" after a profession.
    private mutating func employment(of subject: Int, at index: Int, limit: Int) {
        guard index + 1 < limit, Self.employing.contains(passage.tokens[index].key) else { return }
        var next = index + 1
        if passage.tokens[next].key == Word.the.key { next += 1 }
        guard next < limit, let employer = mention(at: next), mentions[employer].kind == .organization else { return }
        state("WORKS_AT", subject, employer)
    }

    private func isProfession(_ head: TextToken) -> Bool {
        if head.tags.contains(.profession) { return true }
        guard head.count > 6 else { return false }
        return Self.professionEndings.contains(WordKey(passage.original[(head.end - 3)..<head.end]))
            || Self.professionEndings.contains(WordKey(passage.original[(head.end - 5)..<head.end]))
    }

    // MARK: Family and friends

    /// "my wife Anna", "Tom's brother, Jim", "Tom is my brother", "my sister is Jane".
    mutating func kinship(at index: Int, in sentence: Sentence) {
        let start = sentence.tokens.lowerBound
        let limit = sentence.tokens.upperBound
        guard let relation = Self.relations[passage.tokens[index].key], isAsserted(index, in: sentence) else { return }
        // The owner stands before the noun, adjectives between them allowed.
        var position = index - 1
        while position > start, passage.tokens[position].isWord(.adjective), passage.tokens[position].shape == .lower { position -= 1 }
        guard position >= start else { return }
        var owner: Int?
        let token = passage.tokens[position]
        if token.key == Word.my.key || token.key == Word.our.key {
            owner = speaker(of: sentence)
        } else if token.key == Word.possessive.key, position > start, let mention = mention(at: position - 1),
            mentions[mention].kind == .person
        {
            owner = mention
            position = mentions[mention].tokens.lowerBound
        }
        guard let owner else { return }
        var next = index + 1
        if next < limit, passage.tokens[next].mark == 0x2C { next += 1 }
        if next < limit, passage.tokens[next].key == Word.named.key || passage.tokens[next].key == Word.called.key { next += 1 }
        if next == index + 1, next + 1 < limit, passage.tokens[next].key == Word.possessive.key, passage.tokens[next + 1].key == Self.name {
            next += 2
        }
        if next < limit, passage.tokens[next].isWord(.be), passage.tokens[next].key == Word.is.key { next += 1 }
        if let related = mention(at: next), isRelative(related, relation) {
            let after = mentions[related].tokens.upperBound
            // A comma may also end the clause: "my brother, Tom said" is too rare to matter, "Anna's" is not Anna.
            if after >= limit || passage.tokens[after].key != Word.possessive.key { return relate(owner, related, relation) }
        }
        // "Tom is my brother"
        position -= 1
        guard position > start, passage.tokens[position].isWord(.be) || passage.tokens[position].key == Word.possessive.key else { return }
        if let related = mention(at: position - 1), isRelative(related, relation) { relate(owner, related, relation) }
    }

    private func isRelative(_ mention: Int, _ relation: (type: String, isReversed: Bool)) -> Bool {
        if relation.type == "OWNS" { return mentions[mention].kind == .person || mentions[mention].kind == .topic }
        return mentions[mention].kind == .person
    }

    private mutating func relate(_ owner: Int, _ related: Int, _ relation: (type: String, isReversed: Bool)) {
        relation.isReversed ? state(relation.type, related, owner) : state(relation.type, owner, related)
    }

    private static let name = WordKey("name")
    private static let became = WordKey("became")
    private static let becomes = WordKey("becomes")
    private static let `as` = WordKey("as")
    private static let articles: Set<WordKey> = [WordKey("a"), WordKey("an")]
    private static let employing: Set<WordKey> = [WordKey("at"), WordKey("of"), WordKey("for"), WordKey("with")]
    private static let partitives: Set<WordKey> = Set(
        [
            "set", "form", "series", "group", "sort", "result", "sign", "symbol", "source", "mix", "bit", "blend", "combination", "member",
            "part", "subsidiary", "division"
        ].map { WordKey($0) })
    private static let relational: Set<WordKey> = Set(
        ["mother", "father", "parent", "mom", "dad", "fan", "member", "friend"].map { WordKey($0) })
    private static let professionEndings: Set<WordKey> = Set(["ist", "ician", "ologe"].map { WordKey($0) })

    /// What the owner is to the relative, or the other way round.
    private static let relations: [WordKey: (type: String, isReversed: Bool)] = {
        var relations: [WordKey: (type: String, isReversed: Bool)] = [:]
        func add(_ words: String, _ type: String, isReversed: Bool = false) {
            for word in words.split(separator: " ") { relations[WordKey(word)] = (type, isReversed) }
        }
        add("wife husband spouse", "MARRIED_TO")
        add("partner girlfriend boyfriend fiancé fiancée fiance fiancee", "PARTNER_OF")
        add("mom mum mother dad father parent", "PARENT_OF", isReversed: true)
        add("son daughter child kid baby", "PARENT_OF")
        add("brother sister sibling twin", "SIBLING_OF")
        add("friend friends buddy bestie pal", "FRIEND_OF")
        add("uncle aunt cousin nephew niece grandma grandpa grandmother grandfather grandson granddaughter", "RELATED_TO")
        add("boss colleague coworker co-worker roommate flatmate neighbor neighbour mentor teammate", "KNOWS")
        add("dog cat puppy kitten pup kitty horse hamster parrot rabbit", "OWNS")
        return relations
    }()
}
