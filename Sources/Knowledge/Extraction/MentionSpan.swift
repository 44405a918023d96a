/// A place in a passage where a thing is named.
struct MentionSpan: Equatable {
    /// Tokens; empty for a speaker's name before a turn.
    var tokens: Range<Int>
    /// Scalars of the passage; `nil` when the name stands nowhere in it.
    var scalars: Range<Int>?
    var kind: ThingKind
    var name: String
    /// How sure the kind is, from 1 (a guess) to 10 (beyond doubt).
    var score: Int
    /// A common noun phrase out of a relationship, not a name.
    var isPhrase = false

    static func covering(_ tokens: Range<Int>, of passage: Passage, kind: ThingKind, name: String, score: Int) -> MentionSpan {
        MentionSpan(
            tokens: tokens, scalars: passage.tokens[tokens.lowerBound].start..<passage.tokens[tokens.upperBound - 1].end, kind: kind,
            name: name, score: score)
    }
}
