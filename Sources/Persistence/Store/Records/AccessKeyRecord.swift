package import Knowledge

/// An API key as stored: its digest, never the key itself.
package struct AccessKeyRecord: Sendable, Equatable {
    package enum Role: Int, Sendable, Comparable, CaseIterable {
        case viewer = 0
        case editor = 1
        case owner = 2

        package static func < (left: Role, right: Role) -> Bool { left.rawValue < right.rawValue }
    }

    package var id: Identifier
    package var name: String
    package var role: Role
    /// SHA-256 of the key, 32 bytes.
    package var digest: [UInt8]
    /// The key's last four characters, to tell keys apart by.
    package var hint: String
    /// The projects it may see; `nil` is all of them.
    package var projects: [Identifier]?
    package var createdAt: Timestamp
    package var expiresAt: Timestamp?

    package init(
        id: Identifier, name: String, role: Role, digest: [UInt8], hint: String, projects: [Identifier]?, createdAt: Timestamp,
        expiresAt: Timestamp?
    ) {
        self.id = id
        self.name = name
        self.role = role
        self.digest = digest
        self.hint = hint
        self.projects = projects
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}
