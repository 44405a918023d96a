/// The part of one project's graph that is held in memory, and the rules by which an episode changes it.
///
/// A value without I/O: its owner asks what is missing (``missing(for:)``), reads that from the store, hands it over
/// (``fill(_:)``) until nothing is missing, then calls ``integrate(_:at:happenedAt:numbering:communitiesStage:)``. What is held
/// is always right for ``version``, uncommitted deltas included; what is not held has not been changed by any delta of this
/// value. So the owner may drop the whole value whenever everything is committed (``heldItems`` says how large it grew), and has
/// to when a delta is refused; parts are never dropped. A reading that began before the value was dropped belongs to the old one.
///
/// It is meant to be changed in place: a copy that is kept makes the next change copy everything held.
package struct ProjectGraph: Sendable {
    /// Entities with more relationships than this are hubs: they neither move between communities nor have their neighbours read.
    package static let neighbourhoodLimit = 256

    package internal(set) var version: Int64
    var entities: [EntityNumber: EntityRecord] = [:]
    /// For every key looked up so far, the entities of that name in ascending order; empty when there is none.
    var names: [String: [EntityNumber]] = [:]
    /// For every edge looked up so far, what there is, which may be nothing.
    var relationships: [RelationshipKey: RelationshipRecord?] = [:]
    var schema: Set<SchemaRecord>?
    var communities: CommunityMap
    /// Begun and not yet brought to the end by an integration.
    var retraction: RetractionInHand?

    package init(header: GraphHeader) {
        version = header.version
        communities = CommunityMap(totalWeight: header.totalWeight)
    }

    package var header: GraphHeader { GraphHeader(version: version, totalWeight: communities.totalWeight) }

    /// How many records and keys are held.
    /// - Complexity: O(1).
    package var heldItems: Int {
        entities.count + names.count + relationships.count + (schema?.count ?? 0) + communities.heldItems
    }

    func resolve(_ extraction: Extraction) -> Resolution {
        Resolver(names: names, entities: entities).resolve(extraction)
    }
}
