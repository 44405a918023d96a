package import Knowledge
package import Persistence

extension MemoryRecord {
    /// The memory object of `GET /memories/{id}`, without its mentions.
    package var json: JSON {
        .object([
            .init("id", JSON(id)), .init("project_id", JSON(projectID)), .init("title", JSON(episode.title)),
            .init("content", .string(episode.content)), .init("content_type", .string(episode.contentType.rawValue)),
            .init("tags", JSON(tags)),
            .init("entities", .array(episode.entities.map(\.json))), .init("relationships", .array(episode.relationships.map(\.json))),
            .init("collaborators", JSON(collaborators)), .init("is_public", .bool(isPublic)), .init("metadata", metadata),
            .init("occurred_at", JSON(episode.occurredAt)), .init("external_id", JSON(externalID)), .init("version", JSON(version)),
            .init("author_id", .string(authorID)), .init("status", "ENABLED"),
            .init("processing_status", .string(taskStatus.upperCaseName)),
            .init("progress", JSON(taskStatus == .completed ? 100 : taskProgress)), .init("created_at", JSON(createdAt)),
            .init("updated_at", JSON(updatedAt)), .init("task_id", JSON(taskID))
        ])
    }

    /// The same under the older name: an item of `GET /episodes/`.
    package var episodeJSON: JSON {
        .object([
            .init("id", JSON(id)), .init("name", JSON(episode.title)), .init("content", .string(episode.content)),
            .init("source_description", source?["source_description"] ?? .null),
            .init("source_type", source?["source_type"] ?? .string(episode.contentType.rawValue)), .init("project_id", JSON(projectID)),
            .init("metadata", metadata), .init("status", .string(taskStatus.name)), .init("created_at", JSON(createdAt)),
            .init("task_id", JSON(taskID))
        ])
    }
}

extension SuppliedEntity {
    package var json: JSON {
        .object([.init("name", .string(name)), .init("type", .string(type)), .init("description", JSON(description))])
    }
}

extension SuppliedRelationship {
    package var json: JSON {
        .object([
            .init("source", .string(source)), .init("target", .string(target)), .init("type", .string(type)),
            .init("description", JSON(description))
        ])
    }
}
