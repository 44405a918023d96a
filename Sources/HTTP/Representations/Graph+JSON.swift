package import Knowledge
package import Persistence

extension EntityView {
    package var json: JSON {
        .object([
            .init("uuid", JSON(record.id)), .init("name", .string(record.name)), .init("entity_type", .string(record.type)),
            .init("summary", .string(record.summary)), .init("mention_count", JSON(record.mentionCount)),
            .init("community_id", JSON(communityID)),
            .init("project_id", JSON(projectID)), .init("created_at", JSON(record.createdAt)), .init("updated_at", JSON(record.updatedAt))
        ])
    }
}

extension EntityRecord {
    /// The short form that stands inside a relationship.
    package var relatedJSON: JSON {
        .object([
            .init("uuid", JSON(id)), .init("name", .string(name)), .init("entity_type", .string(type)), .init("summary", .string(summary)),
            .init("created_at", JSON(createdAt))
        ])
    }
}

extension RelationshipView {
    package var json: JSON {
        .object([
            .init("edge_id", JSON(record.id)), .init("relation_type", .string(record.type)),
            .init("direction", isOutgoing ? "outgoing" : "incoming"), .init("fact", .string(record.fact)),
            .init("score", JSON(record.weight)),
            .init("valid_at", JSON(record.validAt)), .init("invalid_at", JSON(record.invalidAt)),
            .init("episodes", .array(memories.map(JSON.init))),
            .init("created_at", JSON(record.createdAt)), .init("updated_at", JSON(record.updatedAt)),
            .init("related_entity", other.relatedJSON)
        ])
    }
}

extension CommunityView {
    package var json: JSON {
        .object([
            .init("uuid", JSON(record.id)), .init("name", .string(name)), .init("summary", .string(summary)),
            .init("member_count", JSON(record.memberCount)), .init("project_id", JSON(projectID)),
            .init("formed_at", JSON(record.formedAt)),
            .init("created_at", JSON(record.createdAt))
        ])
    }

    /// Its two best-known members.
    package var name: String {
        leadingNames.isEmpty ? "Community" : leadingNames.prefix(2).joined(separator: " & ")
    }

    package var summary: String {
        let others = record.memberCount - leadingNames.count
        let named = leadingNames.joined(separator: ", ")
        return others > 0 ? "\(named) and \(others) more" : named
    }
}

extension MentionView {
    /// One object for each place; an entity that only the client supplied has none, and one object without offsets.
    package var json: [JSON] {
        let places: [Range<Int>?] = ranges.isEmpty ? [nil] : ranges
        return places.map { range in
            .object([
                .init("entity_id", JSON(entityID)), .init("name", .string(name)), .init("entity_type", .string(type)),
                .init("start", range.map { JSON($0.lowerBound) } ?? .null), .init("end", range.map { JSON($0.upperBound) } ?? .null)
            ])
        }
    }
}

extension GraphView {
    /// The shape of Cytoscape.
    package var json: JSON {
        var nodes: [JSON] = []
        var edges: [JSON] = []
        func node(_ id: Identifier, _ label: String, _ name: String, _ more: [JSON.Member] = []) {
            nodes.append(
                .object([
                    .init("data", .object([.init("id", JSON(id)), .init("label", .string(label)), .init("name", .string(name))] + more))
                ]))
        }
        func edge(_ id: String, _ source: Identifier, _ target: Identifier, _ label: String, _ more: [JSON.Member] = []) {
            let members: [JSON.Member] = [
                .init("id", .string(id)), .init("source", JSON(source)), .init("target", JSON(target)), .init("label", .string(label))
            ]
            edges.append(.object([.init("data", .object(members + more))]))
        }
        let ids = Dictionary(entities.map { ($0.record.number, $0.record.id) }, uniquingKeysWith: { first, _ in first })
        for entity in entities {
            node(
                entity.record.id, "Entity", entity.record.name,
                [
                    .init("entity_type", .string(entity.record.type)), .init("summary", .string(entity.record.summary)),
                    .init("mention_count", JSON(entity.record.mentionCount)), .init("community_id", JSON(entity.communityID))
                ])
        }
        for memory in memories { node(memory.id, "Episodic", memory.title ?? "Untitled") }
        for community in communities {
            node(community.record.id, "Community", community.name, [.init("member_count", JSON(community.record.memberCount))])
        }
        for relationship in relationships {
            guard let source = ids[relationship.source], let target = ids[relationship.target] else { continue }
            edge(relationship.id.description, source, target, relationship.type, [.init("fact", .string(relationship.fact))])
        }
        for mention in mentions { edge("\(mention.memory):\(mention.entity)", mention.memory, mention.entity, "MENTIONS") }
        for entity in entities {
            if let community = entity.communityID { edge("\(community):\(entity.record.id)", community, entity.record.id, "HAS_MEMBER") }
        }
        return .object([.init("elements", .object([.init("nodes", .array(nodes)), .init("edges", .array(edges))]))])
    }
}
