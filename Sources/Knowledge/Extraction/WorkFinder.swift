/// Finds titles in quotation marks.
enum WorkFinder {
    struct Title: Equatable {
        /// The words.
        var inner: Range<Int>
        /// The words and their marks.
        var outer: Range<Int>
    }

    static let longestTitle = 14

    /// The titles in their order. A quotation is a title when its words are written as one; a single word only
    /// with a noun or verb before it that takes a title. O(tokens of the sentence).
    static func titles(in passage: Passage, _ sentence: Sentence) -> [Title] {
        var titles: [Title] = []
        var open: Int?
        for index in sentence.tokens {
            let token = passage.tokens[index]
            guard token.kind == .mark, ScalarClass.isQuote(token.mark) else { continue }
            if let start = open, token.mark != 0x201C, token.mark != 0xAB {
                if isTitle(start..<index, in: passage, sentence) {
                    var end = index
                    // American usage puts the comma inside.
                    if let mark = passage.tokens[..<index].last?.mark, mark == 0x2C || mark == 0x2E { end -= 1 }
                    titles.append(Title(inner: start..<end, outer: (start - 1)..<(index + 1)))
                    open = nil
                } else {
                    open = token.mark == 0x22 && token.hasSpaceBefore && index + 1 < sentence.tokens.upperBound ? index + 1 : nil
                }
            } else if token.mark != 0x201D, token.mark != 0xBB {
                open = index + 1
            }
        }
        return titles
    }

    private static func isTitle(_ range: Range<Int>, in passage: Passage, _ sentence: Sentence) -> Bool {
        guard !range.isEmpty, range.count <= longestTitle else { return false }
        var words = 0
        var shouted = 0
        var everyday = 0
        for index in range {
            let token = passage.tokens[index]
            switch token.kind {
            case .word:
                if token.tags.contains(.clitic) { continue }
                let isMinor = !token.tags.isDisjoint(with: [.preposition, .determiner, .conjunction]) && token.count < 5
                guard token.isCapitalised || isMinor && index > range.lowerBound else { return false }
                words += 1
                if token.shape == .upper { shouted += 1 }
                if !token.tags.isDisjoint(with: [.interjection, .greeting]) { everyday += 1 }
            case .number: words += 1
            case .mark:
                if ScalarClass.isTerminator(token.mark), index + 1 < range.upperBound, token.mark != 0x21 && token.mark != 0x2E {
                    return false
                }
            default: return false
            }
        }
        guard words > 0, everyday < words, words < 9 else { return false }
        let before = range.lowerBound - 2
        let isAnnounced = (max(before - 2, sentence.tokens.lowerBound)..<max(before + 1, sentence.tokens.lowerBound)).contains {
            passage.tokens[$0].isWord(.workCue)
        }
        if shouted == words, words > 1 { return isAnnounced }
        return words > 1 || isAnnounced
    }
}
