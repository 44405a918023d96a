extension Receipt {
    /// The receipt as clients see it, as a task's `result`.
    package var json: JSON {
        var members: [JSON.Member] = [
            .init("entities_created", JSON(entitiesCreated)), .init("entities_merged", JSON(entitiesMerged)),
            .init("relationships_created", JSON(relationshipsCreated)), .init("facts_invalidated", JSON(factsInvalidated)),
            .init("schema_added", JSON(schemaAdded)), .init("communities_touched", JSON(communitiesTouched))
        ]
        if let warning { members.append(.init("warning", .string(warning))) }
        return .object(members)
    }
}
