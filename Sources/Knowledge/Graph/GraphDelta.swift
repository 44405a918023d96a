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
    package var statedRelationships: [RelationshipNumber] = []
    package var newCommunities: [CommunityRecord] = []
    package var changedCommunities: [CommunityRecord] = []
    package var removedCommunities: [CommunityNumber] = []
    /// Schema elements that the project did not have.
    package var newSchema: [SchemaRecord] = []
    /// The entities that the episode names, each once, in order of appearance.
    package var mentions: [Mention] = []
    /// The change of the sum of all edge weights.
    package var addedWeight: Int = 0
    package var receipt = Receipt()

    package init(baseVersion: Int64) {
        self.baseVersion = baseVersion
    }

    /// One entity that an episode names, and where in its content, in offsets of Unicode scalars.
    package struct Mention: Sendable, Equatable {
        package var entity: EntityNumber
        package var ranges: [Range<Int>]

        package init(entity: EntityNumber, ranges: [Range<Int>]) {
            self.entity = entity
            self.ranges = ranges
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
    /// Set when nothing was extracted.
    package var warning: String?

    package init() {}
}
