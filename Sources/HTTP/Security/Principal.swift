package import Knowledge
package import Persistence

/// On whose behalf a request is made, and what it may do.
package struct Principal: Sendable, Equatable {
    /// The access key; `nil` where no authentication is asked for.
    package var keyID: Identifier?
    package var role: AccessKeyRecord.Role
    /// The projects it may see; `nil` is all of them.
    package var projects: [Identifier]?
    /// When the key stops being valid; `nil` is never.
    package var keyExpiresAt: Timestamp?

    package init(keyID: Identifier?, role: AccessKeyRecord.Role, projects: [Identifier]?, keyExpiresAt: Timestamp? = nil) {
        self.keyID = keyID
        self.role = role
        self.projects = projects
        self.keyExpiresAt = keyExpiresAt
    }

    package init(_ key: AccessKeyRecord) {
        self.init(keyID: key.id, role: key.role, projects: key.projects, keyExpiresAt: key.expiresAt)
    }

    /// Everybody, on a server that was started with `--no-auth`.
    package static let anybody = Principal(keyID: nil, role: .owner, projects: nil)

    package func canSee(_ project: Identifier) -> Bool { projects?.contains(project) ?? true }

    /// Who is written down as the author of what it makes.
    package var authorID: String { keyID?.description ?? "local" }
}
