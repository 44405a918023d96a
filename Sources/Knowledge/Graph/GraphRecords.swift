/// A node of a project's graph as stored: one person, place, organisation or other thing, whatever its spellings.
package struct EntityRecord: Sendable, Equatable {
    package var number: EntityNumber
    package var id: Identifier
    package var name: String
    package var type: String
    package var summary: String
    /// How many memories name it.
    package var mentionCount: Int
    /// How many relationships start or end here; it bounds what community detection looks at.
    package var degree: Int
    /// `nil` until its first relationship lands.
    package var community: CommunityNumber?
    package var createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        number: EntityNumber, id: Identifier, name: String, type: String, summary: String, mentionCount: Int, degree: Int,
        community: CommunityNumber?, createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.number = number
        self.id = id
        self.name = name
        self.type = type
        self.summary = summary
        self.mentionCount = mentionCount
        self.degree = degree
        self.community = community
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// A directed edge between two entities, unique by (source, target, type) within a project.
package struct RelationshipRecord: Sendable, Equatable {
    package var number: RelationshipNumber
    package var id: Identifier
    package var source: EntityNumber
    package var target: EntityNumber
    package var type: String
    /// The sentence that stated it first.
    package var fact: String
    /// How many memories state it: the weight of the edge in community detection.
    package var weight: Int
    /// When it began to hold, as far as known: the moment at which its first episode happened.
    package var validAt: Timestamp?
    package var invalidAt: Timestamp?
    package var createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        number: RelationshipNumber, id: Identifier, source: EntityNumber, target: EntityNumber, type: String, fact: String, weight: Int,
        validAt: Timestamp?, invalidAt: Timestamp?, createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.number = number
        self.id = id
        self.source = source
        self.target = target
        self.type = type
        self.fact = fact
        self.weight = weight
        self.validAt = validAt
        self.invalidAt = invalidAt
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// A group of entities that are connected among themselves more than with the rest.
package struct CommunityRecord: Sendable, Equatable {
    package var number: CommunityNumber
    package var id: Identifier
    package var memberCount: Int
    /// The sum over its members of the weights of their edges (Σ_tot of modularity); an edge inside counts twice.
    package var totalWeight: Int
    package var createdAt: Timestamp
    /// When its members last became those they are.
    package var formedAt: Timestamp

    package init(
        number: CommunityNumber, id: Identifier, memberCount: Int, totalWeight: Int, createdAt: Timestamp, formedAt: Timestamp
    ) {
        self.number = number
        self.id = id
        self.memberCount = memberCount
        self.totalWeight = totalWeight
        self.createdAt = createdAt
        self.formedAt = formedAt
    }
}

/// What identifies an edge beside its number.
package struct RelationshipKey: Hashable, Sendable {
    package var source: EntityNumber
    package var target: EntityNumber
    package var type: String

    package init(source: EntityNumber, target: EntityNumber, type: String) {
        self.source = source
        self.target = target
        self.type = type
    }
}

/// One type of a project's schema; `generated` when ingestion added it.
package struct SchemaRecord: Sendable, Equatable, Hashable {
    package enum Element: Sendable, Equatable, Hashable {
        case entity(name: String)
        case edge(name: String)
        case mapping(sourceType: String, edgeType: String, targetType: String)
    }

    package var element: Element

    package init(_ element: Element) {
        self.element = element
    }
}
