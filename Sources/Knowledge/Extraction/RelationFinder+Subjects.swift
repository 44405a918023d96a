extension RelationFinder {
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
                if token.tags.contains(.condition) { return false }
                if inClause {
                    if token.tags.contains(.joint) {
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
            guard !sawBe, kinds.contains(.person), let speaker = speaker(of: sentence), Self.isPast(passage.tokens[index], passage) else {
                return []
            }
            return [speaker]
        }
        // The point of "Acme Inc."
        if position > start, passage.tokens[position].mark == 0x2E, !passage.tokens[position].hasSpaceBefore,
            mention(at: position - 1) != nil
        {
            position -= 1
        }
        var token = passage.tokens[position]
        if token.key == Word.who.key || token.key == Word.which.key {
            position -= 1
            if position >= start, passage.tokens[position].mark == 0x2C { position -= 1 }
            guard position >= start else { return [] }
            token = passage.tokens[position]
        } else if token.mark == 0x2C, position - 1 >= start, let apposed = mention(at: position - 1),
            mentions[apposed].tokens.lowerBound > start,
            passage.tokens[mentions[apposed].tokens.lowerBound - 1].mark == 0x2C
        {
            // "Tom's wife, Mary, bought"
            return kinds.contains(mentions[apposed].kind) ? [apposed] : []
        } else if Self.joining.contains(token.key) || token.mark == 0x2C && followsApposition(position, in: sentence) {
            return shared(before: position, kinds, in: sentence)
        }
        if token.key == Word.i.key || token.key == Word.we.key {
            return kinds.contains(.person) ? speaker(of: sentence).map { [$0] } ?? [] : []
        }
        if Self.anaphors.contains(token.key), position == start || passage.tokens[position - 1].isWord(.conjunction),
            let person = lastPerson, kinds.contains(.person)
        {
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

    /// "Jane Roe, a nurse, met": the comma closes what another one opened right after the sentence's first name.
    private func followsApposition(_ comma: Int, in sentence: Sentence) -> Bool {
        guard let opening = mention(at: sentence.tokens.lowerBound) else { return false }
        let end = mentions[opening].tokens.upperBound
        return end < comma && passage.tokens[end].mark == 0x2C
    }

    /// "Alice, Bob and Carol" when they open the sentence; otherwise the last of them alone.
    private func coordinated(_ last: Int, _ kinds: ThingKinds, in sentence: Sentence) -> [Int] {
        let start = sentence.tokens.lowerBound
        var found = [last]
        var position = mentions[last].tokens.lowerBound - 1
        // "the manager of Acme works", "Alice's Bob"
        if position >= start, passage.tokens[position].isWord([.preposition, .clitic]) { return [] }
        while position > start,
            passage.tokens[position].key == Word.and.key || passage.tokens[position].mark == 0x2C || passage.tokens[position].mark == 0x26,
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

    // MARK: Words

    private static func isPast(_ token: TextToken, _ passage: Passage) -> Bool {
        if pasts.contains(token.key) { return true }
        return token.count > 3 && WordKey(passage.original[(token.end - 2)..<token.end]) == WordKey("ed")
    }
    private static let pasts: Set<WordKey> = Set(
        ["went", "bought", "met", "wrote", "made", "built", "grew", "ran", "flew", "drove", "took", "drew"].map { WordKey($0) })
    static let anaphors: Set<WordKey> = Set(["he", "she"].map { WordKey($0) })
    private static let joining: Set<WordKey> = Set(["and", "but", "then"].map { WordKey($0) })
    private static let fillers: Set<WordKey> = Set(["do", "did", "does", "all", "both", "just", "sure", "even"].map { WordKey($0) })
}
