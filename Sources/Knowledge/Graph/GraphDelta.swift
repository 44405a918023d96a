/// Everything that one episode changes in its project's graph, computed against one version of it and applied to exactly
/// that version or not at all. Numbers of new things are already given, so that a successor can build on this delta
/// before it is committed.
package struct GraphDelta: Sendable, Equatable {
    /// The graph's version before; after the delta it is one more.
    package var baseVersion: Int64
    package var newEntities: [EntityRecord] = []
    /// The whole new state of entities that existed before.
    package var changedEntities: [EntityRecord] = []
    /// Keys of ``ResolutionKey`` under which entities can be found from now on.
    package var newNames: [EntityName] = []
    package var newRelationships: [RelationshipRecord] = []
    package var changedRelationships: [RelationshipRecord] = []
    /// Every relationship that this episode states, new or not, once.
    package var statements: [Contribution.Statement] = []
    package var newCommunities: [CommunityRecord] = []
    package var changedCommunities: [CommunityRecord] = []
    package var removedCommunities: [CommunityNumber] = []
    /// Schema elements that the project did not have.
    package var newSchema: [SchemaRecord] = []
    /// The entities that the episode names, each once, in order of appearance.
    package var mentions: [Mention] = []
    /// The change of the sum of all edge weights; a retraction makes it smaller.
    package var addedWeight: Int = 0
    /// What a retraction takes out.
    package var retraction: Retraction?
    package var receipt = Receipt()

    package init(baseVersion: Int64) {
        self.baseVersion = baseVersion
    }

    package var statedRelationships: [RelationshipNumber] {
        get { statements.map(\.relationship) }
        set { statements = newValue.map { .init($0) } }
    }

    /// One entity that an episode names, and where in its content, in offsets of Unicode scalars.
    package struct Mention: Sendable, Equatable {
        package var entity: EntityNumber
        package var ranges: [Range<Int>]
        /// How the episode names it, in order of appearance.
        package var forms: [EntityForm]

        package init(entity: EntityNumber, ranges: [Range<Int>], forms: [EntityForm] = []) {
            self.entity = entity
            self.ranges = ranges
            self.forms = forms
        }
    }

    /// What goes with the contributions of some memories: what nobody else names or states, and the ways back to these memories.
    package struct Retraction: Sendable, Equatable {
        /// Whose contributions are taken out; one that the delta gives a new contribution to is among them.
        package var memories: [MemoryNumber] = []
        package var entities: [EntityNumber] = []
        package var names: [EntityName] = []
        package var relationships: [RelationshipNumber] = []
        /// Memories that do not name an entity any more, whether that is gone or not.
        package var unnamed: [Unnamed] = []
        /// Memories that do not state a relationship any more, whether that is gone or not.
        package var unstated: [Unstated] = []

        package init() {}
    }

    package struct Unnamed: Sendable, Hashable {
        package var entity: EntityNumber
        package var memory: MemoryNumber

        package init(entity: EntityNumber, memory: MemoryNumber) {
            self.entity = entity
            self.memory = memory
        }
    }

    package struct Unstated: Sendable, Hashable {
        package var relationship: RelationshipNumber
        package var memory: MemoryNumber

        package init(relationship: RelationshipNumber, memory: MemoryNumber) {
            self.relationship = relationship
            self.memory = memory
        }
    }
}

/// A name by which an entity can be found; several entities may share one.
package struct EntityName: Hashable, Sendable {
    /// Made by ``ResolutionKey``.
    package var key: String
    package var entity: EntityNumber

    package init(key: String, entity: EntityNumber) {
        self.key = key
        self.entity = entity
    }
}

/// What an episode brought, as the person who saved it wants to hear it.
package struct Receipt: Sendable, Equatable {
    package var entitiesCreated = 0
    /// Entities that were known before and are named again.
    package var entitiesMerged = 0
    package var relationshipsCreated = 0
    package var factsInvalidated = 0
    package var schemaAdded = 0
    package var communitiesTouched = 0
    /// What only the memory's older version had brought; `nil` for a first version.
    package var removed: Removed?
    /// Set when nothing was extracted.
    package var warning: String?

    package init() {}

    package struct Removed: Sendable, Equatable {
        package var entities: Int
        package var relationships: Int

        package init(entities: Int, relationships: Int) {
            self.entities = entities
            self.relationships = relationships
        }
    }
}
