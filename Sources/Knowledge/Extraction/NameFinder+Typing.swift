extension NameFinder {
    /// Decides what kind of thing a run names; `nil` when nothing speaks for a name at all.
    func typed(_ range: Range<Int>, isInitial: Bool, in sentence: Sentence) -> NameCandidate? {
        let all = passage.tokens
        let first = all[range.lowerBound]
        let key = Lexicon.key(of: all[range])
        let known = lexicon.tags(of: all[range])
        func candidate(_ kind: ThingKind, _ score: Int) -> NameCandidate {
            NameCandidate(tokens: range, key: key, kind: kind, score: score)
        }

        if range.count == 1 { return single(range.lowerBound, key: key, known: known, isInitial: isInitial, in: sentence) }
        if first.tags.contains(.honorific), first.isCapitalised, !endsAsInstitution(range) || range.count == 2 {
            return candidate(.person, 9)
        }
        let words = all[range].filter { $0.kind == .word }
        let last = words[words.count - 1]
        if last.tags.contains(.common), last.tags.contains(.vague), !first.tags.contains(.firstName) { return nil }
        let startsAsPerson = first.tags.contains(.firstName) && first.shape == .title || first.count == 1 || isDotted(first)
        let isShort = words.count <= 4 && !words.contains { $0.shape == .lower && $0.key == Word.of.key }
        if last.tags.contains(.organizationWord), last.count > 1 {
            return candidate(.organization, startsAsPerson && last.tags.contains(.common) && words.count == 2 ? 5 : 8)
        }
        if first.tags.contains(.organizationWord), words[1].key == Word.of.key { return candidate(.organization, 8) }
        if sentence.isTitleCase {
            return startsAsPerson && isShort && words.dropFirst().allSatisfy({ !isEveryday($0, initially: true) })
                && !isEveryday(first, initially: false)
                ? candidate(.person, 6) : nil
        }
        let endsOrdinary = last.tags.contains(.common) && !last.tags.contains(.firstName)
        if startsAsPerson, words.count == 3, endsOrdinary, range.count == 3 {
            return typed(range.dropLast(), isInitial: isInitial, in: sentence)
        }
        if startsAsPerson, isShort, !(last.tags.contains(.placeWord) && last.tags.contains(.common)) {
            let ordinary = words.dropFirst().allSatisfy { isEveryday($0, initially: false) && !$0.tags.contains(.firstName) }
            if !ordinary { return candidate(.person, isInitial && isEveryday(first, initially: true) ? 4 : 8) }
            if !isEveryday(first, initially: false), !isInitial || words.count == 2 { return candidate(.person, 6) }
        }
        if last.tags.contains(.placeWord) || (first.tags.contains(.placePrefix) && words.count <= 3 && !isEveryday(last, initially: false))
        {
            return candidate(.location, 7)
        }
        let ordinary = words.allSatisfy { isEveryday($0, initially: isInitial) || $0.tags.contains(.connector) }
        if let work = workCue(before: range.lowerBound, in: sentence), !ordinary || work > 3 { return candidate(.work, work) }
        if ordinary { return nil }
        if let (kind, score) = cue(range, in: sentence) { return candidate(kind, score) }
        if words.count <= 4, words.dropFirst().contains(where: { Self.particles.contains($0.key) && $0.shape == .lower }) {
            return candidate(.person, 4)
        }
        if isInitial, isEveryday(last, initially: false) { return nil }
        return candidate(.topic, 1)
    }

    private func single(_ index: Int, key: WordKey, known: WordTags, isInitial: Bool, in sentence: Sentence) -> NameCandidate? {
        let token = passage.tokens[index]
        let range = index..<(index + 1)
        func candidate(_ kind: ThingKind, _ score: Int) -> NameCandidate {
            NameCandidate(tokens: range, key: key, kind: kind, score: score)
        }
        guard token.count > 1 else { return nil }
        let everyday = isEveryday(token, initially: isInitial)
        if token.shape == .upper { return acronym(index, key: key, known: known, in: sentence) }
        if known.contains(.acronym) { return candidate(.topic, 4) }
        // "New Year's Eve"
        if everyday, index > sentence.tokens.lowerBound, all(index - 1).key == Word.possessive.key { return nil }
        let cue = cue(range, in: sentence)
        if known.contains(.firstName) {
            if known.contains(.place), let cue, cue.kind == .location { return candidate(.location, 7) }
            if known.contains(.place), !known.contains(.common), cue?.kind != .person, Self.placesFirst.contains(key) {
                return candidate(.location, 6)
            }
            if let cue, cue.kind == .person { return candidate(.person, 8) }
            if everyday { return isInitial || sentence.isTitleCase ? nil : candidate(.person, 3) }
            if cue?.kind == .organization, cue?.score ?? 0 > 4 { return candidate(.organization, 5) }
            return candidate(.person, 6)
        }
        if known.contains(.place) {
            if everyday && (isInitial || sentence.isTitleCase) { return nil }
            if let cue, cue.kind == .person, cue.score >= 5 { return candidate(.person, 5) }
            return candidate(.location, everyday ? 4 : 8)
        }
        // "Un" and "Ups" are words; "UN" and "UPS" were read as acronyms.
        if known.contains(.organization), token.count > 3 || token.shape == .mixed {
            if everyday && (isInitial || sentence.isTitleCase) { return cue.map { candidate($0.kind, $0.score) } }
            return candidate(.organization, everyday ? 4 : 8)
        }
        if everyday { return nil }
        if !token.tags.isDisjoint(with: [.organizationWord, .placeWord, .placePrefix, .honorific, .connector, .month]) { return nil }
        // Not a word that we know: what stands around it decides.
        let work = workCue(before: index, in: sentence)
        if let cue, cue.score >= (isInitial ? 3 : 2), !sentence.isTitleCase || cue.score >= 4 { return candidate(cue.kind, cue.score) }
        if let work, !isInitial, !sentence.isTitleCase { return candidate(.work, work) }
        if isInitial || sentence.isTitleCase { return candidate(.topic, 0) }
        return candidate(.topic, 1)
    }

    /// Cities and countries more often meant than the people who are called after them.
    private static let placesFirst: Set<WordKey> = Set(
        ["paris", "georgia", "virginia", "orlando", "chad", "florence", "sydney", "adelaide", "santiago", "houston"].map { WordKey($0) })

    private func acronym(_ index: Int, key: WordKey, known: WordTags, in sentence: Sentence) -> NameCandidate? {
        let token = passage.tokens[index]
        let range = index..<(index + 1)
        if known.contains(.acronym) { return NameCandidate(tokens: range, key: key, kind: .topic, score: 4) }
        if known.contains(.organization) { return NameCandidate(tokens: range, key: key, kind: .organization, score: 8) }
        if known.contains(.place) || Self.placeAcronyms.contains(key) {
            return NameCandidate(tokens: range, key: key, kind: .location, score: 8)
        }
        guard token.count <= 6, !isEveryday(token, initially: true), !known.contains(.firstName), let cue = cue(range, in: sentence),
            cue.kind == .organization, cue.score >= 4
        else {
            return NameCandidate(tokens: range, key: key, kind: .organization, score: 0)
        }
        return NameCandidate(tokens: range, key: key, kind: .organization, score: cue.score)
    }

    /// Whether a noun such as "book" or a verb such as "watched" announces a title.
    private func workCue(before index: Int, in sentence: Sentence) -> Int? {
        var before = index - 1
        if before >= sentence.tokens.lowerBound, passage.tokens[before].mark == 0x2C { before -= 1 }
        guard before >= sentence.tokens.lowerBound, passage.tokens[before].isWord(.workCue) else { return nil }
        let token = passage.tokens[before]
        guard token.shape == .lower, token.key != Word.named.key, token.key != Word.called.key else { return nil }
        return token.tags.contains(.personVerb) || token.tags.contains(.common) && token.tags.contains(.event) ? nil : 4
    }

    /// What the words before and after say.
    private func cue(_ range: Range<Int>, in sentence: Sentence) -> (kind: ThingKind, score: Int)? {
        let all = passage.tokens
        let start = sentence.tokens.lowerBound
        var before = range.lowerBound - 1
        if before >= start, all[before].key == Word.the.key { before -= 1 }
        if before >= start {
            let token = all[before]
            let earlier = before - 1 >= start ? all[before - 1] : nil
            switch token.key {
            case Word.in.key where earlier?.tags.contains(.placeVerb) == true: return (.location, 5)
            case Word.in.key where earlier?.tags.contains(.fieldCue) != true: return (.location, range.count > 1 ? 2 : 3)
            case Word.to.key where earlier?.tags.contains(.placeVerb) == true: return (.location, 4)
            case Word.from.key where earlier?.isWord([.placeVerb, .be]) == true: return (.location, 4)
            case Word.at.key, Self.for:
                if let earlier, Self.workVerbs.contains(earlier.key) { return (.organization, 5) }
                if token.key == Word.at.key, range.count == 1 || token.shape == .lower { return (.organization, 2) }
            case Word.of.key where earlier?.isWord([.organizationCue, .profession]) == true: return (.organization, 5)
            case Word.by.key where earlier?.isWord(.organizationCue) == true: return (.organization, 3)
            default: break
            }
            if token.isWord(.greeting), before == range.lowerBound - 1 { return (.person, 5) }
            if token.isWord(.kin), token.shape == .lower { return (.person, 5) }
            if token.mark == 0x2C, let earlier, earlier.isWord(.kin) || earlier.isWord(.greeting) { return (.person, 4) }
            if token.isWord(.organizationCue), token.tags.isDisjoint(with: [.profession, .common]) { return (.organization, 5) }
            if token.mark == 0x2C, range.count == 1, isAddressed(range, since: start, sentence) { return (.person, 4) }
            if token.key == Self.met { return (.person, 4) }
        }
        let after = range.upperBound
        if after < sentence.tokens.upperBound {
            let token = all[after]
            if token.isWord(.speechVerb) { return (.person, 4) }
            if token.isWord(.personVerb), range.count <= 3 { return (.person, 3) }
            if token.mark == 0x2C, after + 2 < sentence.tokens.upperBound {
                let noun = all[after + 1].isWord(.determiner) ? all[after + 2] : all[after + 1]
                if noun.isWord(.kin) || noun.isWord(.profession) && noun.shape == .lower { return (.person, 4) }
            }
        }
        return nil
    }

    /// "Wow, Caro, that …", "That's great, Caro!"
    private func isAddressed(_ range: Range<Int>, since start: Int, _ sentence: Sentence) -> Bool {
        guard range.upperBound < sentence.tokens.upperBound, range.lowerBound - 2 >= start else { return false }
        let after = passage.tokens[range.upperBound].mark
        if after == 0x2C || after == 0x21 || after == 0x2E {
            return passage.tokens[range.lowerBound - 2].isWord(.interjection) || after == 0x21 && sentence.turn != nil
        }
        return false
    }

    private func all(_ index: Int) -> TextToken { passage.tokens[index] }

    /// "J.R.R.", but not "U.S.".
    private func isDotted(_ token: TextToken) -> Bool {
        token.count >= 4 && !token.tags.contains(.place) && passage.original[token.start + 1] == 0x2E
    }

    /// What stands before a family name.
    private static let particles: Set<WordKey> = Set(["van", "von", "der", "den", "bin", "ibn"].map { WordKey($0) })
    private static let `for` = WordKey("for")
    private static let met = WordKey("met")
    private static let workVerbs: Set<WordKey> = Set(
        [
            "work", "works", "worked", "working", "job", "studied", "studies", "studying", "study", "internship", "engineer", "teaches",
            "taught", "intern", "engineering", "employed"
        ].map { WordKey($0) })
}
