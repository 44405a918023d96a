/// Finds what a passage names: addresses, dates, titles in quotation marks and runs of capitalised words.
///
/// Two passes: the first collects candidates and what each occurrence says of its kind, the second lets every occurrence of a
/// name profit from the best evidence. O(tokens).
struct NameFinder {
    /// A name has no more words than this.
    static let longestName = 7

    let passage: Passage
    let lexicon = Lexicon.shared
    var candidates: [NameCandidate] = []
    /// The mentions found without doubt, in no order yet.
    private var certain: [MentionSpan] = []
    /// Words that occur in lower case, so that a capital elsewhere may only be the beginning of a sentence.
    private var lowered: Set<WordKey> = []
    private let dates: DateFinder

    /// The mentions of a passage in the order in which they stand; none overlaps another.
    static func mentions(in passage: Passage, occurredAt: Timestamp?) -> [MentionSpan] {
        var finder = NameFinder(passage: passage, occurredAt: occurredAt)
        for token in passage.tokens where token.shape == .lower && token.kind == .word { finder.lowered.insert(token.key) }
        for sentence in passage.sentences { finder.read(sentence) }
        return finder.settle()
    }

    private init(passage: Passage, occurredAt: Timestamp?) {
        self.passage = passage
        dates = DateFinder(passage, occurredAt: occurredAt)
    }

    private mutating func read(_ sentence: Sentence) {
        let titles = WorkFinder.titles(in: passage, sentence)
        var nextTitle = 0
        var index = sentence.tokens.lowerBound
        let end = sentence.tokens.upperBound
        while index < end {
            if nextTitle < titles.count, titles[nextTitle].outer.lowerBound == index {
                let title = titles[nextTitle]
                nextTitle += 1
                // Its marks belong to the mention's tokens, so that verbs find it next to them, but not to its scalars.
                var mention = MentionSpan.covering(title.inner, of: passage, kind: .work, name: passage.name(title.inner), score: 9)
                mention.tokens = title.outer
                certain.append(mention)
                index = title.outer.upperBound
                continue
            }
            let token = passage.tokens[index]
            switch token.kind {
            case .email, .web:
                let range = index..<(index + 1)
                certain.append(
                    .covering(range, of: passage, kind: token.kind == .email ? .email : .web, name: passage.name(range), score: 10))
            case .number, .word:
                if let (date, dateEnd) = dates.date(at: index, in: sentence) {
                    certain.append(.covering(index..<dateEnd, of: passage, kind: .date, name: date.text, score: 10))
                    index = dateEnd
                    continue
                }
                let limit = nextTitle < titles.count ? titles[nextTitle].outer.lowerBound : end
                if token.shape == .lower, let candidate = lowerCasePlace(at: index, in: sentence) { candidates.append(candidate) }
                if token.isCapitalised, !sentence.isShouted, let candidate = candidate(at: index, limit: limit, in: sentence) {
                    candidates.append(candidate)
                    index = candidate.tokens.upperBound
                    continue
                }
            default: break
            }
            index += 1
        }
    }

    /// Lets the best evidence for a name decide for all its occurrences, drops those without any, and sorts.
    private mutating func settle() -> [MentionSpan] {
        var best: [WordKey: (kind: ThingKind, score: Int)] = [:]
        for candidate in candidates where candidate.score > best[candidate.key]?.score ?? 0 {
            best[candidate.key] = (candidate.kind, candidate.score)
        }
        // "Acme" is "Acme Corp.", wherever it stands.
        for candidate in candidates
        where candidate.kind == .organization && candidate.tokens.count > 1
            && passage.tokens[candidate.tokens.upperBound - 1].isWord(.organizationWord)
        {
            let short = Lexicon.key(of: passage.tokens[candidate.tokens.dropLast()])
            if candidate.tokens.count == 2, isEveryday(passage.tokens[candidate.tokens.lowerBound], initially: true) { continue }
            if best[short]?.score ?? 0 < 3 { best[short] = (.organization, 3) }
        }
        var mentions = certain
        var previous: NameCandidate?
        for candidate in candidates {
            guard var (kind, score) = best[candidate.key] else { continue }
            if score == 1, candidate.tokens.count == 1, lowered.contains(candidate.key) { continue }
            if candidate.score >= 5, candidate.kind != kind, score < 9 { (kind, score) = (candidate.kind, candidate.score) }
            if kind == .topic, score == 1, candidate.tokens.count == 1, let previous, previous.kind == .person, previous.score >= 5,
                candidate.tokens.lowerBound == previous.tokens.upperBound + 1,
                passage.tokens[previous.tokens.upperBound].key == Word.and.key
            {
                (kind, score) = (.person, 2)
            }
            if kind == .person, score >= 5, let before = previous, before.kind == .topic,
                candidate.tokens.lowerBound == before.tokens.upperBound + 1,
                passage.tokens[before.tokens.upperBound].key == Word.and.key, before.tokens.count > 1
            {
                // "Ada Lovelace and Charles Babbage"
                mentions[mentions.count - 1].kind = .person
            }
            previous = candidate
            previous?.kind = kind
            mentions.append(.covering(candidate.tokens, of: passage, kind: kind, name: passage.name(candidate.tokens), score: score))
        }
        mentions.sort { $0.tokens.lowerBound < $1.tokens.lowerBound }
        return mentions
    }
}

/// A run of words that may be a name.
struct NameCandidate {
    var tokens: Range<Int>
    var key: WordKey
    var kind: ThingKind
    /// What this occurrence alone is worth; 0 when it counts only if another one speaks for it.
    var score: Int
}
