/// Which node of the graph each entity of an extraction is: known ones found, the others to be made. A decision of
/// ``Resolver`` only; it changes nothing.
struct Resolution {
    /// One node that the episode names, as it will be after the episode.
    struct Node {
        /// `nil` for one to be made.
        var number: EntityNumber?
        var name: String
        var type: String
        var summary: String
        /// Keys under which it could not be found until now.
        var newKeys: [String] = []
        /// In ascending order, none twice.
        var mentions: [Range<Int>] = []
        /// How the episode names it.
        var forms: [EntityForm] = []
    }

    /// In order of appearance.
    var nodes: [Node] = []
    /// For every entity of the extraction, its index in ``nodes``.
    var places: [Int] = []

    /// The nodes at both ends of a relationship; `nil` if they are one, or if the extraction names an entity it doesn't have.
    func ends(of relationship: ExtractedRelationship) -> (source: Int, target: Int)? {
        guard places.indices.contains(relationship.source), places.indices.contains(relationship.target) else { return nil }
        let ends = (source: places[relationship.source], target: places[relationship.target])
        return ends.source == ends.target ? nil : ends
    }
}
