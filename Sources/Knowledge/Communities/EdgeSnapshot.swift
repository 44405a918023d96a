/// A project's edges and communities at one moment: what a detection over the whole graph begins with.
package struct EdgeSnapshot: Sendable, Equatable {
    /// One edge as stored; there may be several between two entities.
    package struct Edge: Sendable, Equatable {
        package var source: EntityNumber
        package var target: EntityNumber
        package var weight: Int

        package init(source: EntityNumber, target: EntityNumber, weight: Int) {
            self.source = source
            self.target = target
            self.weight = weight
        }
    }

    /// The graph's version at that moment.
    package var version: Int64
    package var edges: [Edge]
    /// The communities of the entities that have one.
    package var homes: [EntityNumber: CommunityNumber]
    /// In ascending order of number.
    package var communities: [CommunityRecord]

    package init(version: Int64, edges: [Edge], homes: [EntityNumber: CommunityNumber], communities: [CommunityRecord]) {
        self.version = version
        self.edges = edges
        self.homes = homes
        self.communities = communities
    }
}
