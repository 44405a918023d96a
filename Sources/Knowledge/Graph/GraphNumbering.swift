/// Where the numbers and identifiers of new things come from. All projects of a store share one; its owner sees to it that
/// numbers only grow, those of things that never reach the store included.
package struct GraphNumbering: Sendable {
    package var entity: @Sendable () -> EntityNumber
    package var relationship: @Sendable () -> RelationshipNumber
    package var community: @Sendable () -> CommunityNumber
    package var identifier: @Sendable () -> Identifier

    package init(
        entity: @escaping @Sendable () -> EntityNumber, relationship: @escaping @Sendable () -> RelationshipNumber,
        community: @escaping @Sendable () -> CommunityNumber, identifier: @escaping @Sendable () -> Identifier
    ) {
        self.entity = entity
        self.relationship = relationship
        self.community = community
        self.identifier = identifier
    }
}
