/// What a ``ProjectGraph`` has to read before it can take in an episode.
package struct GraphNeeds: Sendable, Equatable {
    /// Keys of ``ResolutionKey`` to look up.
    package var names: [String] = []
    package var relationships: [RelationshipKey] = []
    /// Entities whose neighbours are wanted; none of them has more than ``ProjectGraph/neighbourhoodLimit``.
    package var neighbourhoods: [EntityNumber] = []
    package var communities: [CommunityNumber] = []
    /// The whole schema of the project.
    package var schema = false
    /// What a retraction needs beside.
    package var retraction: RetractionNeeds?

    package init() {}

    package var isEmpty: Bool {
        names.isEmpty && relationships.isEmpty && neighbourhoods.isEmpty && communities.isEmpty && !schema && retraction == nil
    }
}

/// The answer to ``GraphNeeds``: for each thing asked, what the store has, which may be nothing.
package struct GraphFacts: Sendable, Equatable {
    /// For every key asked, the entities of that name in ascending order of number; empty when there is none.
    package var names: [String: [EntityRecord]] = [:]
    /// For every key asked, the edge; `nil` inside when there is none.
    package var relationships: [RelationshipKey: RelationshipRecord?] = [:]
    /// For every entity asked, its neighbours in ascending order of number, each once.
    package var neighbourhoods: [EntityNumber: [Neighbour]] = [:]
    /// Those of the communities asked that exist.
    package var communities: [CommunityRecord] = []
    /// `nil` when not asked.
    package var schema: Set<SchemaRecord>?
    package var retraction = RetractionFacts()

    package init() {}

    /// One end of an entity's edges, both directions and all types together.
    package struct Neighbour: Sendable, Equatable {
        package var entity: EntityNumber
        package var community: CommunityNumber?
        /// The sum of the weights of the edges between the two.
        package var weight: Int

        package init(entity: EntityNumber, community: CommunityNumber?, weight: Int) {
            self.entity = entity
            self.community = community
            self.weight = weight
        }
    }
}

/// A project's graph as one row: what is known of it without reading it.
package struct GraphHeader: Sendable, Equatable {
    /// Grows by one with every delta applied.
    package var version: Int64
    /// The sum of all edge weights (m of modularity).
    package var totalWeight: Int

    package init(version: Int64, totalWeight: Int) {
        self.version = version
        self.totalWeight = totalWeight
    }
}
