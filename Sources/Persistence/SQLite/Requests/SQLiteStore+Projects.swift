import GRDB
package import Knowledge
package import Persistence

extension SQLiteStore {
    package func createProject(id: Identifier, name: String, description: String?, at: Timestamp) async throws -> ProjectRecord {
        let numbers = self.numbers
        return try await write { try $0.insertProject(numbers, id, name, description, at) }
    }

    package func project(id: Identifier) async throws -> ProjectRecord? {
        try await read { try $0.project(id) }
    }

    package func project(named name: String, orCreateWith id: Identifier, at: Timestamp) async throws -> ProjectRecord {
        let numbers = self.numbers
        return try await write { db in
            let sql = "SELECT \(ProjectRecord.columns) FROM projects WHERE name = ? ORDER BY number LIMIT 1"
            if let project = try db.first(sql, name, read: { try ProjectRecord(&$0) }) { return project }
            return try db.insertProject(numbers, id, name, nil, at)
        }
    }

    package func defaultProject() async throws -> ProjectRecord {
        try await read { db in
            let sql = "SELECT \(ProjectRecord.columns) FROM projects WHERE is_default"
            guard let project = try db.first(sql, read: { try ProjectRecord(&$0) }) else { throw StoreError.notFound("default project") }
            return project
        }
    }

    package func projects(among: [Identifier]?, slice: Slice) async throws -> Page<ProjectRecord> {
        try await read { db in
            guard let among else {
                let total = try db.value("SELECT count(*) FROM projects", as: Int.self)
                let sql = "SELECT \(ProjectRecord.columns) FROM projects ORDER BY number LIMIT ? OFFSET ?"
                return Page(try db.all(sql, max(0, slice.limit), max(0, slice.offset)) { try ProjectRecord(&$0) }, total: total)
            }
            let wanted = try Set(among).compactMap { try db.project($0) }.sorted { $0.number < $1.number }
            return Page(Array(wanted.dropFirst(max(0, slice.offset)).prefix(max(0, slice.limit))), total: wanted.count)
        }
    }

    package func updateProject(id: Identifier, name: String, description: String?, at: Timestamp) async throws -> ProjectRecord {
        try await write { db in
            let sql = "UPDATE projects SET name = ?, description = ?, updated_at = ? WHERE id = ?"
            guard try db.run(sql, name, description, at, id) > 0, let project = try db.project(id) else {
                throw StoreError.notFound("project")
            }
            return project
        }
    }
}

extension Database {
    func project(_ id: Identifier) throws -> ProjectRecord? {
        try first("SELECT \(ProjectRecord.columns) FROM projects WHERE id = ?", id) { try ProjectRecord(&$0) }
    }

    fileprivate func insertProject(
        _ numbers: NumberSource, _ id: Identifier, _ name: String, _ description: String?, _ at: Timestamp
    ) throws -> ProjectRecord {
        guard try project(id) == nil else { throw StoreError.idTaken("project") }
        let project = ProjectRecord(
            number: numbers.project(), id: id, name: name, description: description, isDefault: false, createdAt: at, updatedAt: at)
        try run(
            "INSERT INTO projects (number, id, name, description, is_default, created_at, updated_at) VALUES (?, ?, ?, ?, 0, ?, ?)",
            project.number, id, name, description, at, at)
        return project
    }
}
