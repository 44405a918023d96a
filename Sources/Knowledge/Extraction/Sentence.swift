/// A sentence as a range of tokens, its closing marks included; never empty.
struct Sentence: Equatable {
    /// A sentence without an end is cut after this many tokens, so that work per sentence stays bounded.
    static let limit = 200

    var tokens: Range<Int>
    var isQuestion: Bool
    /// Index of the turn that it belongs to.
    var turn: Int?
    /// Whether most words are written in capitals or with a capital, so that a capital says nothing.
    var isShouted = false
    var isTitleCase = false

    /// Cuts at terminators followed by white space, and at hard breaks. O(tokens).
    static func split(_ tokens: [TextToken], turns: [Turn]) -> [Sentence] {
        var sentences: [Sentence] = []
        var start = 0
        var turn = -1
        var isQuestion = false
        func close(at end: Int) {
            if end > start {
                while turn + 1 < turns.count, turns[turn + 1].start <= tokens[start].start { turn += 1 }
                var sentence = Sentence(tokens: start..<end, isQuestion: isQuestion, turn: turn >= 0 ? turn : nil)
                sentence.judgeCapitals(tokens)
                sentence.isQuestion = isQuestion || sentence.opensLikeQuestion(tokens)
                sentences.append(sentence)
            }
            isQuestion = false
            start = end
        }
        var index = 0
        while index < tokens.count {
            let token = tokens[index]
            if token.kind == .hardBreak {
                close(at: index)
                start = index + 1
                index += 1
                continue
            }
            if token.kind == .mark, ScalarClass.isTerminator(token.mark), !isInsideAbbreviation(tokens, index) {
                var end = index
                var dots = 0
                while end < tokens.count, tokens[end].kind == .mark, end - start < limit,
                    !tokens[end].hasSpaceBefore || ScalarClass.isTerminator(tokens[end].mark)
                {
                    if tokens[end].mark == 0x3F || tokens[end].mark == 0xFF1F || tokens[end].mark == 0x203D { isQuestion = true }
                    if tokens[end].mark == 0x2E { dots += 1 }
                    if tokens[end].mark == 0x2026 { dots = 3 }
                    end += 1
                }
                let next = end < tokens.count ? tokens[end] : nil
                let trailsOff = dots > 1 && next?.shape == .lower && !isQuestion
                if let next, !next.hasSpaceBefore || trailsOff, token.mark < 0x3000 {
                    index = end
                    continue
                }
                close(at: end)
                index = end
                continue
            }
            index += 1
            if index - start >= limit { close(at: index) }
        }
        close(at: tokens.count)
        return sentences
    }

    private static func isInsideAbbreviation(_ tokens: [TextToken], _ index: Int) -> Bool {
        guard tokens[index].mark == 0x2E, index > 0, !tokens[index].hasSpaceBefore else { return false }
        let before = tokens[index - 1]
        guard before.kind == .word, index + 1 < tokens.count else { return false }
        if before.tags.contains(.abbreviation) {
            // "Acme Inc. It …" ends here; "Dr. Roe" does not.
            if before.tags.contains(.organizationWord) || before.tags.contains(.month) {
                return !tokens[index + 1].isCapitalised && tokens[index + 1].kind == .word
            }
            return before.tags.contains(.honorific) ? before.isCapitalised : before.key != WordKey("no")
        }
        return before.count == 1 && before.shape == .title && before.key != WordKey("i") && tokens[index + 1].isCapitalised
    }

    private mutating func judgeCapitals(_ all: [TextToken]) {
        var words = 0
        var capitals = 0
        var shouted = 0
        var isQuoted = false
        for token in all[tokens] {
            if token.kind == .mark, ScalarClass.isQuote(token.mark) { isQuoted.toggle() }
            guard token.kind == .word, !isQuoted, !token.tags.contains(.clitic), token.shape != .none else { continue }
            if token.count < 2 { continue }
            if token.shape == .upper { shouted += 1 }
            if !token.tags.isDisjoint(with: [.preposition, .determiner, .conjunction]), token.shape == .lower, token.count < 5 { continue }
            words += 1
            if token.isCapitalised { capitals += 1 }
        }
        isShouted = shouted >= 3 && shouted * 2 > words
        isTitleCase = words >= 4 && (words - capitals) * 10 <= words
    }

    private func opensLikeQuestion(_ all: [TextToken]) -> Bool {
        guard tokens.count > 2 else { return false }
        let first = all[tokens.lowerBound]
        let second = all[tokens.lowerBound + 1]
        guard first.isWord([.be, .have, .auxiliary]), first.shape != .none else { return false }
        return second.isWord(.pronoun) || second.tags.contains(.firstName)
    }
}
