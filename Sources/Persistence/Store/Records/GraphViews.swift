package import Knowledge

/// An entity with the ids that a client knows its surroundings by.
package struct EntityView: Sendable, Equatable {
    package var record: EntityRecord
    package var project: ProjectNumber
    package var projectID: Identifier
    package var communityID: Identifier?

    package init(record: EntityRecord, project: ProjectNumber, projectID: Identifier, communityID: Identifier?) {
        self.record = record
        self.project = project
        self.projectID = projectID
        self.communityID = communityID
    }
}

/// An edge as seen from one of its ends.
package struct RelationshipView: Sendable, Equatable {
    package var record: RelationshipRecord
    /// Whether the entity asked about is the source.
    package var isOutgoing: Bool
    /// The other end.
    package var other: EntityRecord
    /// The memories that state it, oldest first, 100 at most.
    package var memories: [Identifier]

    package init(record: RelationshipRecord, isOutgoing: Bool, other: EntityRecord, memories: [Identifier]) {
        self.record = record
        self.isOutgoing = isOutgoing
        self.other = other
        self.memories = memories
    }
}

/// A community, and its best-known members by name.
package struct CommunityView: Sendable, Equatable {
    package var record: CommunityRecord
    package var project: ProjectNumber
    package var projectID: Identifier
    /// The names of its most mentioned members, five at most; ties go to the older.
    package var leadingNames: [String]

    package init(record: CommunityRecord, project: ProjectNumber, projectID: Identifier, leadingNames: [String]) {
        self.record = record
        self.project = project
        self.projectID = projectID
        self.leadingNames = leadingNames
    }
}

/// Where a memory names an entity.
package struct MentionView: Sendable, Equatable {
    package var entityID: Identifier
    package var name: String
    package var type: String
    package var ranges: [Range<Int>]

    package init(entityID: Identifier, name: String, type: String, ranges: [Range<Int>]) {
        self.entityID = entityID
        self.name = name
        self.type = type
        self.ranges = ranges
    }
}

/// The id and title of a memory that names an entity.
package struct MemoryReference: Sendable, Equatable {
    package var id: Identifier
    package var title: String?

    package init(id: Identifier, title: String?) {
        self.id = id
        self.title = title
    }
}

/// A type of a project's schema, as listed.
package struct SchemaView: Sendable, Equatable {
    package var id: Identifier
    package var element: SchemaRecord.Element
    /// `generated` when ingestion added it.
    package var source: String
    package var createdAt: Timestamp

    package init(id: Identifier, element: SchemaRecord.Element, source: String, createdAt: Timestamp) {
        self.id = id
        self.element = element
        self.source = source
        self.createdAt = createdAt
    }
}

/// A part of a project's graph to be drawn.
package struct GraphView: Sendable, Equatable {
    /// The most mentioned first.
    package var entities: [EntityView]
    /// Those between the entities above.
    package var relationships: [RelationshipRecord]
    /// The memories that name them, newest first.
    package var memories: [MemoryReference]
    /// (memory, entity) pairs between the two lists above.
    package var mentions: [Mention]
    /// The communities of the entities above.
    package var communities: [CommunityView]

    package struct Mention: Sendable, Equatable {
        package var memory: Identifier
        package var entity: Identifier

        package init(memory: Identifier, entity: Identifier) {
            self.memory = memory
            self.entity = entity
        }
    }

    package init(
        entities: [EntityView], relationships: [RelationshipRecord], memories: [MemoryReference], mentions: [Mention],
        communities: [CommunityView]
    ) {
        self.entities = entities
        self.relationships = relationships
        self.memories = memories
        self.mentions = mentions
        self.communities = communities
    }
}
