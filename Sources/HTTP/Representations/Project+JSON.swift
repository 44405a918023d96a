package import Knowledge
package import Persistence

extension ProjectRecord {
    package var json: JSON {
        .object([
            .init("id", JSON(id)), .init("name", .string(name)), .init("description", JSON(description)),
            .init("is_default", .bool(isDefault)),
            .init("created_at", JSON(createdAt)), .init("updated_at", JSON(updatedAt))
        ])
    }
}

extension AccessKeyRecord {
    /// - Parameter key: the key itself, the only time that it is shown.
    package func json(key: String? = nil) -> JSON {
        .object([
            .init("key_id", JSON(id)), .init("key", .string(key ?? masked)), .init("name", .string(name)),
            .init("role", .string(role.name)),
            .init("permissions", JSON(role.permissions)), .init("projects", projects.map { .array($0.map(JSON.init)) } ?? .null),
            .init("created_at", JSON(createdAt)), .init("expires_at", JSON(expiresAt))
        ])
    }
}

extension SchemaView {
    package var json: JSON {
        var members: [JSON.Member] = [.init("id", JSON(id))]
        switch element {
        case .entity(let name), .edge(let name):
            members += [.init("name", .string(name)), .init("description", .null), .init("schema", .object([]))]
        case .mapping(let sourceType, let edgeType, let targetType):
            members += [
                .init("source_type", .string(sourceType)), .init("target_type", .string(targetType)), .init("edge_type", .string(edgeType))
            ]
        }
        members += [.init("status", "ENABLED"), .init("source", .string(source)), .init("created_at", JSON(createdAt))]
        return .object(members)
    }
}
