import GRDB
package import Knowledge
package import Persistence

extension SQLiteStore {
    package func accessKeys() async throws -> [AccessKeyRecord] {
        try await read { db in
            try db.all("SELECT id, name, role, digest, hint, projects, created_at, expires_at FROM access_keys ORDER BY number") { cells in
                AccessKeyRecord(
                    id: try cells.next(), name: try cells.next(), role: try cells.next(), digest: try cells.next(), hint: try cells.next(),
                    projects: try cells.next(JSON?.self)?.array?.compactMap { $0.string.flatMap { Identifier($0) } },
                    createdAt: try cells.next(),
                    expiresAt: try cells.next())
            }
        }
    }

    package func addAccessKey(_ key: AccessKeyRecord) async throws {
        try await write { db in
            guard try db.first("SELECT 1 FROM access_keys WHERE id = ?", key.id, read: { try $0.next(Int.self) }) == nil else {
                throw StoreError.idTaken("key")
            }
            try db.run(
                """
                INSERT INTO access_keys (id, name, role, digest, hint, projects, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                key.id, key.name, key.role, key.digest, key.hint, key.projects.map { JSON($0.map(\.description)) }, key.createdAt,
                key.expiresAt)
        }
    }

    package func removeAccessKey(id: Identifier) async throws -> Bool {
        try await write { try $0.run("DELETE FROM access_keys WHERE id = ?", id) > 0 }
    }
}
