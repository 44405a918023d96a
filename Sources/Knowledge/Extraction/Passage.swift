/// One stretch of an episode, cut into tokens and sentences.
struct Passage {
    /// The scalars as the client sent them: names and facts are quoted from here.
    let original: [UInt32]
    let tokens: [TextToken]
    let sentences: [Sentence]
    /// The scalar of the episode at which ``original`` begins; `nil` when the text cannot be located in it.
    let offset: Int?

    /// - Parameters:
    ///   - masked: As long as `original`, with everything blanked that is not to be read as text.
    ///   - turns: Who speaks from which scalar on, ascending.
    init(original: [UInt32], masked: [UInt32], offset: Int?, turns: [Turn] = []) {
        self.original = original
        self.offset = offset
        tokens = Tokenizer.tokens(of: masked)
        sentences = Sentence.split(tokens, turns: turns)
    }

    /// The words with their white space folded, as a name is written.
    func name(_ range: Range<Int>) -> String {
        var text = String.UnicodeScalarView()
        var pending = false
        for token in tokens[range] {
            if pending && token.hasSpaceBefore { text.append(" ") }
            pending = true
            for value in original[token.start..<token.end] {
                if let scalar = Unicode.Scalar(value) { text.append(scalar) }
            }
        }
        return String(text)
    }

    /// The sentence as it stands, trimmed.
    func text(of sentence: Sentence) -> String {
        var start = tokens[sentence.tokens.lowerBound].start
        var end = tokens[sentence.tokens.upperBound - 1].end
        while start < end, ScalarClass.isSpace(original[start]) { start += 1 }
        while end > start, ScalarClass.isSpace(original[end - 1]) { end -= 1 }
        return ScalarClass.string(original[start..<end])
    }
}

/// Where a speaker's turn begins in a passage.
struct Turn: Equatable {
    var start: Int
    /// The scalars of the speaker's name; `nil` when the turn began before the passage.
    var nameRange: Range<Int>?
    var speaker: String
}
