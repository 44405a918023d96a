import GRDB
import Knowledge

/// Deletes what a deleted project has left, a bounded number of rows at a time, so that others' writes come between.
///
/// Every row is found before what it is found by is gone: to be called again until it says that nothing is left.
struct Purge {
    /// How long one write may be kept busy.
    private static let patience: Duration = .milliseconds(8)
    /// How many rows are listed at once.
    private static let page = 64

    /// What is found by a task or a memory, beside its own row.
    private static let ofTask = ["DELETE FROM task_reports WHERE task = ?"]
    private static let ofMemory = ["DELETE FROM mentions WHERE memory = ?", "DELETE FROM former_tasks WHERE memory = ?"]
    /// What is found by the project alone.
    private static let ofProject = [
        "DELETE FROM entity_names WHERE project = ?1 AND key IN (SELECT key FROM entity_names WHERE project = ?1 LIMIT ?2)",
        "DELETE FROM communities WHERE number IN (SELECT number FROM communities WHERE project = ? LIMIT ?)",
        """
        DELETE FROM pruned_counts WHERE (minute, project, status) IN (
            SELECT minute, project, status FROM pruned_counts WHERE project = ? LIMIT ?)
        """,
        """
        DELETE FROM memory_counts WHERE (project, status) IN (SELECT project, status FROM memory_counts WHERE project = ? LIMIT ?)
        """,
        "DELETE FROM schema_elements WHERE number IN (SELECT number FROM schema_elements WHERE project = ? LIMIT ?)"
    ]

    private let project: ProjectNumber
    private let db: Database
    private var left: Int
    private let end: ContinuousClock.Instant

    init(_ project: ProjectNumber, in db: Database, limit: Int) {
        self.project = project
        self.db = db
        left = max(1, limit)
        end = .now + Self.patience
    }

    private var hasRoom: Bool { left > 0 && ContinuousClock.now < end }

    /// Returns whether nothing is left of the project.
    mutating func run() throws -> Bool {
        guard try each(TaskNumber.self, of: "tasks", { purge, task in try purge.delete(Self.ofTask, task) }) else { return false }
        guard try each(MemoryNumber.self, of: "memories", { purge, memory in try purge.delete(Self.ofMemory, memory) }) else {
            return false
        }
        guard try each(EntityNumber.self, of: "entities", { purge, entity in try purge.deleteSurroundings(of: entity) }) else {
            return false
        }
        for sql in Self.ofProject {
            guard try drain({ purge in try purge.db.run(sql, purge.project, purge.left) }) else { return false }
        }
        return true
    }

    /// Deletes the rows of a table that belong to the project, each after what is found by it.
    /// - Parameter surroundings: returns whether nothing is left of them.
    private mutating func each<Kind>(
        _ kind: Number<Kind>.Type, of table: String, _ surroundings: (inout Purge, Number<Kind>) throws -> Bool
    ) throws -> Bool {
        while hasRoom {
            let numbers = try db.all("SELECT number FROM \(table) WHERE project = ? LIMIT ?", project, Self.page) { try $0.next(kind) }
            guard !numbers.isEmpty else { return true }
            for number in numbers {
                guard hasRoom, try surroundings(&self, number) else { return false }
                left -= try db.run("DELETE FROM \(table) WHERE number = ?", number)
            }
        }
        return false
    }

    private mutating func delete<Kind>(_ statements: [String], _ number: Number<Kind>) throws -> Bool {
        for sql in statements { left -= try db.run(sql, number) }
        return true
    }

    private mutating func deleteSurroundings(of entity: EntityNumber) throws -> Bool {
        let memories =
            "DELETE FROM entity_memories WHERE entity = ?1 AND memory IN (SELECT memory FROM entity_memories WHERE entity = ?1 LIMIT ?2)"
        guard try drain({ purge in try purge.db.run(memories, entity, purge.left) }) else { return false }
        while hasRoom {
            let edges = try db.all("SELECT number FROM relationships WHERE source = ? LIMIT ?", entity, Self.page) {
                try $0.next(RelationshipNumber.self)
            }
            guard !edges.isEmpty else { return true }
            for edge in edges {
                let memories = """
                    DELETE FROM relationship_memories WHERE relationship = ?1
                        AND memory IN (SELECT memory FROM relationship_memories WHERE relationship = ?1 LIMIT ?2)
                    """
                guard try drain({ purge in try purge.db.run(memories, edge, purge.left) }) else { return false }
                left -= try db.run("DELETE FROM relationships WHERE number = ?", edge)
            }
        }
        return false
    }

    /// Repeats a deletion until it finds nothing more. Returns whether it came so far.
    private mutating func drain(_ deletion: (Purge) throws -> Int) throws -> Bool {
        while hasRoom {
            let count = try deletion(self)
            guard count > 0 else { return true }
            left -= count
        }
        return false
    }
}
