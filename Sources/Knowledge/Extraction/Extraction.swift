/// What an extractor found in one episode. The order is that of first appearance; the same episode gives the same value.
package struct Extraction: Sendable, Equatable {
    package var entities: [ExtractedEntity]
    package var relationships: [ExtractedRelationship]

    package init(entities: [ExtractedEntity] = [], relationships: [ExtractedRelationship] = []) {
        self.entities = entities
        self.relationships = relationships
    }
}

/// One thing that an episode names, with every place where it does so.
package struct ExtractedEntity: Sendable, Equatable {
    /// The fullest form found in the episode, its inner white space folded.
    package var name: String
    /// `Person`, `Organization`, `Location`, `Date`, `EmailAddress`, `WebAddress`, `CreativeWork`, `Topic`, or what the client said.
    package var type: String
    package var description: String?
    /// Where the content names it, as offsets in Unicode scalars, in ascending order; empty for one that only the client supplied.
    package var mentions: [Range<Int>]

    package init(name: String, type: String, description: String? = nil, mentions: [Range<Int>] = []) {
        self.name = name
        self.type = type
        self.description = description
        self.mentions = mentions
    }
}

/// A stated connection between two of the episode's entities.
package struct ExtractedRelationship: Sendable, Equatable {
    /// Indices into ``Extraction/entities``.
    package var source: Int
    package var target: Int
    /// In upper case with underscores, as `WORKS_AT`.
    package var type: String
    /// The sentence that states it, or the client's description.
    package var fact: String

    package init(source: Int, target: Int, type: String, fact: String) {
        self.source = source
        self.target = target
        self.type = type
        self.fact = fact
    }
}
