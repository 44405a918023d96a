package import Knowledge

package struct ProjectRecord: Sendable, Equatable {
    package var number: ProjectNumber
    package var id: Identifier
    package var name: String
    package var description: String?
    /// The project that `"default"` stands for; it can't be deleted. A store has exactly one.
    package var isDefault: Bool
    package var createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        number: ProjectNumber, id: Identifier, name: String, description: String?, isDefault: Bool, createdAt: Timestamp,
        updatedAt: Timestamp
    ) {
        self.number = number
        self.id = id
        self.name = name
        self.description = description
        self.isDefault = isDefault
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}
