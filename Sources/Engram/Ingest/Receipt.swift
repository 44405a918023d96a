import Knowledge

/// What a task wrote into the graph, by its `result`.
struct Receipt: Equatable, Sendable {
    var entitiesCreated = 0
    var entitiesMerged = 0
    var relationshipsCreated = 0
    var factsInvalidated = 0

    init() {}

    init(_ result: JSON) {
        entitiesCreated = Self.count(result["entities_created"])
        entitiesMerged = Self.count(result["entities_merged"])
        relationshipsCreated = Self.count(result["relationships_created"])
        factsInvalidated = Self.count(result["facts_invalidated"])
    }

    private static func count(_ json: JSON?) -> Int {
        max(0, min(Int(json?.integer ?? 0), 1 << 40))
    }

    /// As `2 entities and 1 relationship created`.
    var sentence: String {
        "\(entitiesCreated.grouped) \(entitiesCreated == 1 ? "entity" : "entities") and "
            + "\(relationshipsCreated.grouped) \(relationshipsCreated == 1 ? "relationship" : "relationships") created"
    }

    static func += (left: inout Receipt, right: Receipt) {
        left.entitiesCreated += right.entitiesCreated
        left.entitiesMerged += right.entitiesMerged
        left.relationshipsCreated += right.relationshipsCreated
        left.factsInvalidated += right.factsInvalidated
    }
}
