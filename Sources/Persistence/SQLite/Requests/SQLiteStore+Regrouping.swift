import GRDB
package import Knowledge
package import Persistence

extension SQLiteStore {
    package func edges(of project: ProjectNumber) async throws -> EdgeSnapshot {
        try await read { db in
            let version = try db.first("SELECT graph_version FROM projects WHERE number = ?", project) { try $0.next(Int64.self) }
            guard let version else { throw StoreError.notFound("project") }
            let numbered = try db.all(
                """
                SELECT r.number, r.source, r.target, r.weight FROM entities e CROSS JOIN relationships r ON r.source = e.number
                WHERE e.project = ?
                """, project
            ) { cells in
                let number = try cells.next(Int64.self)
                return (number, EdgeSnapshot.Edge(source: try cells.next(), target: try cells.next(), weight: try cells.next()))
            }
            let homes = try db.all("SELECT number, community FROM entities WHERE project = ? AND community IS NOT NULL", project) { cells in
                (try cells.next(EntityNumber.self), try cells.next(CommunityNumber.self))
            }
            let communities = try db.all(
                "SELECT \(CommunityRecord.columns) FROM communities c WHERE c.project = ? ORDER BY c.number", project
            ) { try CommunityRecord(&$0) }
            return EdgeSnapshot(
                version: version, edges: numbered.sorted { $0.0 < $1.0 }.map(\.1), homes: Dictionary(uniqueKeysWithValues: homes),
                communities: communities)
        }
    }

    package func regroup(
        _ regrouping: Regrouping, in project: ProjectNumber, ending guarding: TaskGuard, as ending: TaskEnding
    ) async throws {
        let (epoch, numbers) = (self.epoch, self.numbers)
        try await write(.rebuild) { db in
            try db.check(regrouping, in: project, guarding)
            guard try db.end(guarding, ending, epoch: epoch) else { throw StoreError.lostRace }
            try db.apply(regrouping, to: project, numbers)
        }
    }

    package func submitUnlessUnderWay(_ submission: TaskSubmission) async throws -> TaskRecord {
        let numbers = self.numbers
        return try await write(.accept) { db in
            let underWay = try db.first(
                """
                SELECT number FROM tasks INDEXED BY tasks_chores
                WHERE project = ? AND type = ? AND type <> 'add_episode' AND status IN (0, 1) ORDER BY number LIMIT 1
                """, submission.project, submission.type
            ) { try $0.next(TaskNumber.self) }
            if let underWay, let task = try db.task(underWay) { return task }
            return try db.submit(submission, numbers)
        }
    }
}

extension Database {
    /// Finds every reason to refuse before anything is written.
    fileprivate func check(_ regrouping: Regrouping, in project: ProjectNumber, _ guarding: TaskGuard) throws {
        let version = try first("SELECT graph_version FROM projects WHERE number = ?", project) { try $0.next(Int64.self) }
        guard let version else { throw StoreError.notFound("project") }
        let task = "SELECT 1 FROM tasks WHERE number = ? AND revision = ? AND status = 1"
        guard try first(task, guarding.task, guarding.revision, read: { try $0.next(Int.self) }) != nil else { throw StoreError.lostRace }
        guard version == regrouping.baseVersion else {
            throw StoreError(.staleGraph, "The graph is at version \(version), not \(regrouping.baseVersion).")
        }
    }

    fileprivate func apply(_ regrouping: Regrouping, to project: ProjectNumber, _ numbers: NumberSource) throws {
        try run("UPDATE projects SET graph_version = graph_version + 1 WHERE number = ?", project)
        for community in regrouping.new { try insert(community, in: project) }
        for community in regrouping.changed { try update(community) }
        for move in regrouping.moves { try run("UPDATE entities SET community = ? WHERE number = ?", move.community, move.entity) }
        try remove(regrouping.removed, numbers)
    }
}
