import GRDB
package import Knowledge
import Persistence

extension SQLiteStore {
    package func deleteProject(id: Identifier, evenIfBusy: Bool, at: Timestamp) async throws {
        let (epoch, numbers) = (self.epoch, self.numbers)
        try await write(.delete) { db in
            guard let project = try db.project(id) else { throw StoreError.notFound("project") }
            guard !project.isDefault else { throw StoreError(.projectIsDefault, "The default project can't be deleted.") }
            let busy = "SELECT 1 FROM tasks WHERE status = 1 AND project = ? LIMIT 1"
            let isBusy = try db.first(busy, project.number, read: { try $0.next(Int.self) }) != nil
            guard !isBusy || evenIfBusy else { throw StoreError(.projectIsBusy, "The project has tasks that are being processed.") }
            try numbers.keep([.projects], in: db)
            try db.run("INSERT INTO deleted_projects (number, id) VALUES (?, ?)", project.number, id)
            try db.run("DELETE FROM projects WHERE number = ?", project.number)
            guard isBusy else { return }
            // So that nothing of it is held by anybody, now or after a restart.
            try db.run(
                "UPDATE tasks SET status = 4, revision = revision + 1, ended_epoch = ?, ended_at = ? WHERE status = 1 AND project = ?",
                epoch, at,
                project.number)
        }
    }

    package func purge(limit: Int) async throws -> Bool {
        let numbers = self.numbers
        let sql = "SELECT number FROM deleted_projects ORDER BY number LIMIT 1"
        // Mostly there is nothing, and no need for a write to learn that.
        guard try await read({ db in try db.first(sql) { try $0.next(ProjectNumber.self) } }) != nil else { return false }
        return try await write(.purge) { db in
            guard let project = try db.first(sql, read: { try $0.next(ProjectNumber.self) }) else { return false }
            try numbers.keep(NumberSource.Kind.allCases, in: db)
            var purge = Purge(project, in: db, limit: limit)
            if try purge.run() { try db.run("DELETE FROM deleted_projects WHERE number = ?", project) }
            return true
        }
    }
}

extension Database {
    /// Whether a project is there for readers.
    func isLive(_ project: ProjectNumber) throws -> Bool {
        try first("SELECT 1 FROM projects WHERE number = ?", project) { try $0.next(Int.self) } != nil
    }

    /// Whether the project of the row of a table is there for readers.
    func isLive<Kind>(_ table: String, _ number: Number<Kind>) throws -> Bool {
        try first("SELECT 1 FROM \(table) x CROSS JOIN projects p ON p.number = x.project WHERE x.number = ?", number) {
            try $0.next(Int.self)
        } != nil
    }
}
