extension NameFinder {
    /// The name that begins at a capitalised word, if any.
    func candidate(at index: Int, limit: Int, in sentence: Sentence) -> NameCandidate? {
        let tokens = passage.tokens
        let first = tokens[index]
        let isInitial = isInitial(index, sentence)
        if let phrase = phraseEnd(at: index, limit: limit) { return known(index, phrase, limit: limit, in: sentence) }
        guard canStart(index, limit: limit, isInitial: isInitial && (sentence.isQuestion || !first.tags.contains(.firstName))) else {
            return nil
        }
        let end = runEnd(from: index, limit: limit)
        guard end - index <= Self.longestName else { return nil }
        if isInitial, end - index > 1, isEveryday(first, initially: true),
            !first.tags.contains(.firstName) || isEveryday(tokens[index + 1], initially: false)
        {
            // "Visited Paris": the verb is no part of the name.
            guard !endsAsInstitution(index..<end) else { return typed(index..<end, isInitial: isInitial, in: sentence) }
            return nil
        }
        return typed(index..<end, isInitial: isInitial, in: sentence)
    }

    /// Whether a capital is due to the place and not to the word.
    func isInitial(_ index: Int, _ sentence: Sentence) -> Bool {
        var before = index - 1
        while before >= sentence.tokens.lowerBound {
            let token = passage.tokens[before]
            if token.kind == .handle || token.kind == .web { return true }
            guard token.kind == .mark else { return false }
            switch token.mark {
            case 0x3A, 0x2A, 0x2022, 0x3E, 0x22, 0x201C, 0x27, 0x2018, 0x2D, 0x7C, 0x2E, 0x2026, 0x21, 0x3F: return true
            default: before -= 1
            }
        }
        return true
    }

    /// Whether a word is too ordinary to be a name on its own.
    func isEveryday(_ token: TextToken, initially: Bool) -> Bool {
        if !token.tags.isDisjoint(with: [
            .common, .function, .adjective, .adverb, .kin, .event, .profession, .vague, .weekday, .month, .demonym, .greeting
        ]) {
            return true
        }
        guard initially else { return false }
        if !token.tags.isDisjoint(with: [.personVerb, .speechVerb, .workCue, .placeVerb, .organizationCue, .fieldCue]) { return true }
        guard token.tags.isEmpty, token.count > 4, token.shape == .title else { return false }
        let ending = WordKey(passage.original[(token.end - 2)..<token.end])
        let longer = WordKey(passage.original[(token.end - 3)..<token.end])
        return Self.verbEndings.contains(ending) || Self.verbEndings.contains(longer)
    }

    private static let verbEndings: Set<WordKey> = Set(["ed", "ly", "ing", "ful", "ous", "ess"].map { WordKey($0) })

    /// The end of the longest known name of several words that begins here.
    private func phraseEnd(at index: Int, limit: Int) -> Int? {
        var key = passage.tokens[index].key
        var combined = WordKey()
        combined.append(key)
        var longest: Int?
        var next = index + 1
        while next < limit, next < index + 6 {
            let token = passage.tokens[next]
            if token.mark == 0x2E, !token.hasSpaceBefore, token.kind == .mark {
                next += 1
                continue
            }
            guard token.kind == .word || token.mark == 0x26 else { break }
            key = token.key
            if token.kind == .mark { key = WordKey("&") }
            combined.append(key)
            next += 1
            if !lexicon.tags(ofPhrase: combined).isEmpty, passage.tokens[next - 1].isCapitalised { longest = next }
        }
        return longest
    }

    private func known(_ index: Int, _ phraseEnd: Int, limit: Int, in sentence: Sentence) -> NameCandidate? {
        let run = canStart(index, limit: limit, isInitial: false) ? runEnd(from: index, limit: limit) : phraseEnd
        let key = Lexicon.key(of: passage.tokens[index..<phraseEnd])
        let tags = lexicon.tags(of: passage.tokens[index..<phraseEnd])
        if run > phraseEnd, run - index <= Self.longestName, !sentence.isTitleCase,
            !isEveryday(passage.tokens[phraseEnd], initially: false) || endsAsInstitution(index..<run)
        {
            return typed(index..<run, isInitial: false, in: sentence)
        }
        return NameCandidate(tokens: index..<phraseEnd, key: key, kind: tags.contains(.organization) ? .organization : .location, score: 9)
    }

    private func canStart(_ index: Int, limit: Int, isInitial: Bool) -> Bool {
        let token = passage.tokens[index]
        guard token.kind == .word, token.isCapitalised, token.count <= 40, token.key != Word.i.key else { return false }
        if token.tags.contains(.honorific), index + 1 < limit, nameFollows(honorific: index, limit: limit) { return true }
        if token.count == 1 { return isInitialLetter(index, limit: limit) }
        if token.tags.contains(.profession), token.tags.isDisjoint(with: [.firstName, .organization, .place]) { return false }
        if token.shape == .upper {
            if Self.placeAcronyms.contains(token.key) { return true }
            if !token.tags.isDisjoint(with: [.common, .function, .adjective]), !token.tags.contains(.organization) { return false }
        }
        if token.shape == .mixed, !isBrandLike(token) { return false }
        guard token.tags.isDisjoint(with: .neverName) else {
            // "Will", "May" and "April" may be names in the midst of a sentence or before a surname; "American" before more.
            guard token.tags.isDisjoint(with: [.pronoun, .weekday, .greeting, .preposition]), index + 1 < limit else { return false }
            let next = passage.tokens[index + 1]
            let hasFollower = next.isCapitalised && next.count > 1 && !isEveryday(next, initially: false)
            if token.tags.contains(.firstName) {
                return !isInitial
                    && (hasFollower && !next.tags.contains(.firstName) || token.tags.contains(.function) && !startsSentence(index))
            }
            return token.tags.contains(.demonym) && next.isCapitalised && next.tags.isDisjoint(with: [.function, .demonym])
        }
        return true
    }

    private func startsSentence(_ index: Int) -> Bool {
        index == 0 || passage.tokens[index - 1].kind != .word
    }

    static let placeAcronyms: Set<WordKey> = Set(["la", "sf", "dc", "ny", "us", "uk", "usa", "uae", "nyc"].map { WordKey($0) })

    /// `iPhone` and `McCoy`, not `xD`, `BeAsT` or `o_O`.
    private func isBrandLike(_ token: TextToken) -> Bool {
        guard token.count > 3 else { return false }
        var changes = 0
        var wasUpper = true
        for value in passage.original[token.start..<token.end] {
            if value == 0x2E || value == 0x5F { return false }
            let isUpper = ScalarClass.isUpper(value)
            if isUpper, !wasUpper { changes += 1 }
            wasUpper = isUpper || !ScalarClass.isLetter(value)
        }
        return changes < 3
    }

    /// "in london": people write so in haste, and a preposition before it leaves little doubt.
    func lowerCasePlace(at index: Int, in sentence: Sentence) -> NameCandidate? {
        let token = passage.tokens[index]
        guard token.tags.contains(.place), token.tags.isDisjoint(with: [.common, .function, .adjective, .firstName, .organization]),
            token.count > 3,
            index > sentence.tokens.lowerBound, !Self.ordinaryPlaces.contains(token.key)
        else { return nil }
        let before = passage.tokens[index - 1].key
        guard before == Word.in.key || before == Word.from.key || before == Word.to.key else { return nil }
        return NameCandidate(tokens: index..<(index + 1), key: token.key, kind: .location, score: 6)
    }

    /// Places that are things, too.
    private static let ordinaryPlaces: Set<WordKey> = Set(
        [
            "china", "turkey", "cork", "cologne", "phoenix", "buffalo", "nice", "bath", "lima", "guinea", "kingston", "panama", "reading",
            "chile", "hollywood", "broadway"
        ].map { WordKey($0) })

    private func nameFollows(honorific index: Int, limit: Int) -> Bool {
        var next = index + 1
        if passage.tokens[next].mark == 0x2E, next + 1 < limit { next += 1 }
        let token = passage.tokens[next]
        return token.isCapitalised && token.count > 1 && token.tags.isDisjoint(with: .neverName)
            && (!isEveryday(token, initially: false) || token.tags.contains(.firstName))
    }

    /// "J. Smith": a single letter with its point, before a capitalised word or another letter.
    private func isInitialLetter(_ index: Int, limit: Int) -> Bool {
        guard index + 2 < limit, passage.tokens[index + 1].mark == 0x2E, !passage.tokens[index + 1].hasSpaceBefore else { return false }
        let next = passage.tokens[index + 2]
        return next.isCapitalised && next.tags.isDisjoint(with: .neverName)
    }

    /// Extends a run over capitalised words and what links them.
    private func runEnd(from index: Int, limit: Int) -> Int {
        var end = index + 1
        while end < limit, end - index <= Self.longestName + 1 {
            let token = passage.tokens[end]
            let before = passage.tokens[end - 1]
            if token.kind == .mark {
                // The point of "Dr." or of an initial.
                let takesPoint = before.tags.contains(.honorific) && end - 1 == index || before.count == 1
                if token.mark == 0x2E, !token.hasSpaceBefore, takesPoint, end + 1 < limit, continues(end + 1) {
                    end += 2
                } else if token.mark == 0x26, end + 1 < limit, continues(end + 1) {
                    end += 2
                } else {
                    return end
                }
            } else if continues(end) {
                end += 1
            } else if token.tags.contains(.connector), token.shape == .lower, end + 1 < limit {
                if continues(end + 1) {
                    end += 2
                } else if end + 2 < limit,
                    passage.tokens[end + 1].tags.contains(.determiner) || passage.tokens[end + 1].tags.contains(.connector),
                    passage.tokens[end + 1].shape == .lower, continues(end + 2)
                {
                    end += 3
                } else {
                    return end
                }
            } else {
                return end
            }
        }
        return end
    }

    private func continues(_ index: Int) -> Bool {
        let token = passage.tokens[index]
        guard token.kind == .word, token.isCapitalised, token.count <= 40, token.key != Word.i.key else { return false }
        if token.tags.contains(.firstName) { return token.tags.isDisjoint(with: [.interjection, .pronoun]) }
        return token.tags.isDisjoint(with: [
            .interjection, .pronoun, .determiner, .preposition, .conjunction, .be, .have, .auxiliary, .negation, .weekday, .clitic, .month
        ])
    }

    /// "Bank of America", "Lake Tahoe", "Springfield High School".
    func endsAsInstitution(_ range: Range<Int>) -> Bool {
        let tokens = passage.tokens
        guard range.count > 1 else { return false }
        return tokens[range.upperBound - 1].isWord([.organizationWord, .placeWord]) || tokens[range.lowerBound].isWord([.placePrefix])
    }
}
