/// A word, number, mark or address of a text.
struct TextToken: Sendable {
    enum Kind: UInt8, Sendable {
        case word, number, mark, email, web, handle, hardBreak
    }

    /// How the letters of a word are written.
    enum Shape: UInt8, Sendable {
        /// No letter with case.
        case none
        case lower
        /// One capital, at the front.
        case title
        /// Capitals, but not the first letter alone, as in `iPhone` or `McCoy`.
        case mixed
        /// Two capitals or more and nothing else.
        case upper
    }

    /// Scalars of the passage.
    var start: Int
    var end: Int
    var kind: Kind
    var shape: Shape = .none
    var hasSpaceBefore: Bool
    /// The scalar of a mark; 0 for all else.
    var mark: UInt32 = 0
    var key = WordKey()
    var tags: WordTags = []

    var count: Int { end - start }

    func isWord(_ tags: WordTags) -> Bool { kind == .word && !self.tags.isDisjoint(with: tags) }

    /// Begins with a capital, or has one inside as product names do.
    var isCapitalised: Bool { kind == .word && (shape == .title || shape == .mixed || shape == .upper) }
}
