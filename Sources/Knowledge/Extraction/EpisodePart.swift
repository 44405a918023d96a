/// A piece of an episode that is extracted on its own, with what it needs to know of the pieces before it.
package struct EpisodePart: Sendable, Equatable {
    /// The slice of the episode's content; empty for a part that is made of ``fragments``.
    var content: String
    /// Where the slice begins in the episode's content, in Unicode scalars.
    var offset: Int
    var contentType: ContentType
    /// Who is speaking when the part begins in the middle of a turn.
    var speaker: String?
    /// Whether the part begins in the middle of a line, so that no turn can begin at its front.
    var isInsideLine = false
    /// Whether the part begins inside a fenced code block of a Markdown text.
    var isInsideCode = false
    /// The moment that relative dates are counted from.
    var occurredAt: Timestamp?
    /// What a walk over a JSON document met, in its order.
    var fragments: [JSONFragment] = []

    init(
        content: String, offset: Int, contentType: ContentType, speaker: String? = nil, isInsideLine: Bool = false,
        isInsideCode: Bool = false,
        occurredAt: Timestamp? = nil, fragments: [JSONFragment] = []
    ) {
        self.content = content
        self.offset = offset
        self.contentType = contentType
        self.speaker = speaker
        self.isInsideLine = isInsideLine
        self.isInsideCode = isInsideCode
        self.occurredAt = occurredAt
        self.fragments = fragments
    }
}
