extension Receipt {
    /// The receipt as clients see it, as a task's `result`.
    package var json: JSON {
        var members: [JSON.Member] = [
            .init("entities_created", JSON(entitiesCreated)), .init("entities_merged", JSON(entitiesMerged)),
            .init("relationships_created", JSON(relationshipsCreated)), .init("facts_invalidated", JSON(factsInvalidated)),
            .init("schema_added", JSON(schemaAdded)), .init("communities_touched", JSON(communitiesTouched))
        ]
        if let removed {
            members.append(.init("entities_removed", JSON(removed.entities)))
            members.append(.init("relationships_removed", JSON(removed.relationships)))
        }
        if let warning { members.append(.init("warning", .string(warning))) }
        return .object(members)
    }

    /// Reads ``json``; what is not there counts as 0.
    package init(json: JSON) {
        self.init()
        func count(_ name: String) -> Int { json[name]?.integer.map(Int.init) ?? 0 }
        entitiesCreated = count("entities_created")
        entitiesMerged = count("entities_merged")
        relationshipsCreated = count("relationships_created")
        factsInvalidated = count("facts_invalidated")
        schemaAdded = count("schema_added")
        communitiesTouched = count("communities_touched")
        warning = json["warning"]?.string
    }

    /// Adds another's counts; the warning stays.
    package mutating func add(_ other: Receipt) {
        entitiesCreated += other.entitiesCreated
        entitiesMerged += other.entitiesMerged
        relationshipsCreated += other.relationshipsCreated
        factsInvalidated += other.factsInvalidated
        schemaAdded += other.schemaAdded
        communitiesTouched += other.communitiesTouched
    }
}
