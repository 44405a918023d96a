import GRDB
import Knowledge
import Persistence

/// How the memories that a query wants are counted and found.
///
/// Unless their texts or tags are searched they are counted without a look at any of them. They are found among the newest, passing over those of another
/// status; or, where so few have the wanted one that most would be passed over, by their tasks.
struct MemoryListing {
    let query: MemoryQuery
    /// How many tasks wait and run in the projects of the query.
    let standing: (waiting: Int, running: Int)

    /// What is read of the database: a statement and its values.
    struct Statement {
        var sql: String
        var values: [any Storable]
    }

    func total(in db: Database) throws -> Int {
        if query.tag != nil || query.search != nil {
            let source = source(byTasks: query.status.map { $0 != .completed } ?? false)
            return try db.value(Statement(sql: "SELECT count(*) FROM \(source.sql)", values: source.values))
        }
        switch query.status {
        case nil: return try memories(-1, in: db)
        case .pending?: return try max(0, standing.waiting - db.value(chores(.pending)))
        case .processing?: return try max(0, standing.running - db.value(chores(.processing)))
        case .failed?, .cancelled?: return try memories(query.status?.rawValue ?? 0, in: db)
        case .completed?:
            let live = try standing.waiting + standing.running - db.value(chores(.pending)) - db.value(chores(.processing))
            let others = try memories(TaskStatus.failed.rawValue, in: db) + memories(TaskStatus.cancelled.rawValue, in: db)
            return try max(0, memories(-1, in: db) - live - others)
        }
    }

    /// The records of a slice, newest first.
    /// - Parameters:
    ///   - total: how many there are in all.
    ///   - all: how many memories there are of whatever status.
    func rows(_ slice: Slice, total: Int, all: Int) -> Statement {
        // Few among many: as many would be passed over for each that is wanted as there are of the others.
        let isRare = total < (slice.offset + slice.limit) * max(1, all / max(1, total))
        let source = source(byTasks: isRare)
        // The texts are read of those in the slice alone.
        return Statement(
            sql: """
                SELECT \(MemoryRecord.columns) FROM \(MemoryRecord.tables)
                WHERE m.number IN (SELECT m.number FROM \(source.sql) ORDER BY m.number DESC LIMIT ? OFFSET ?)
                ORDER BY m.number DESC
                """, values: source.values + [max(0, slice.limit), max(0, slice.offset)])
    }

    func all(in db: Database) throws -> Int { try memories(-1, in: db) }

    /// - Parameter status: as in `memory_counts`.
    func counted(_ status: Int) -> Statement {
        var conditions = Conditions()
        conditions.add("status = ?", status)
        conditions.add(projects: query.projects, column: "project")
        return Statement(sql: "SELECT coalesce(sum(count), 0) FROM memory_counts\(conditions.sql)", values: conditions.values)
    }

    /// The tasks of a status that ingest no memory.
    func chores(_ status: TaskStatus) -> Statement {
        var conditions = Conditions()
        conditions.add("type <> 'add_episode' AND status < 2 AND status = \(status.rawValue)")
        conditions.add(projects: query.projects, column: "project")
        return Statement(
            sql: "SELECT count(*) FROM tasks INDEXED BY tasks_live_chores\(conditions.sql)", values: conditions.values)
    }

    private func memories(_ status: Int, in db: Database) throws -> Int { try db.value(counted(status)) }

    /// Tables and conditions. Statuses as literals, so that SQLite sees that their indexes serve.
    private func source(byTasks: Bool) -> Statement {
        var conditions = Conditions()
        var tables = query.status == nil ? "memories m" : MemoryRecord.tables
        switch query.status {
        case nil: break
        case .pending?, .processing?:
            let status = query.status ?? .pending
            conditions.add("t.status = \(status.rawValue)")
            guard byTasks else { break }
            // Tasks of older versions are not the memory's.
            conditions.add("m.task = t.number")
            tables = "tasks t INDEXED BY tasks_\(status) CROSS JOIN memories m ON m.number = t.memory"
        case .failed?, .cancelled?:
            let status = query.status ?? .failed
            conditions.add("coalesce(t.status, f.status) = \(status.rawValue)")
            guard byTasks else { break }
            var scope = Conditions()
            scope.add(projects: query.projects, column: "project")
            tables = """
                (SELECT memory AS number FROM tasks \(status.index) WHERE status = \(status.rawValue)\(scope.more)
                    UNION SELECT memory FROM pruned_tasks WHERE status = \(status.rawValue) AND status > 2) AS s
                CROSS JOIN memories m ON m.number = s.number \(MemoryRecord.surroundings)
                """
            conditions.precede(with: scope)
        case .completed?:
            conditions.add("coalesce(t.status, f.status) = 2")
        }
        conditions.add(projects: query.projects, column: byTasks && query.status?.isTerminal == false ? "t.project" : "m.project")
        if let tag = query.tag { conditions.add("instr(m.tags, ?) > 0", StringsText.needle(for: tag)) }
        conditions.add(search: query.search, columns: ["m.title", "m.content"])
        return Statement(sql: "\(tables)\(conditions.sql)", values: conditions.values)
    }
}

extension Database {
    fileprivate func value(_ statement: MemoryListing.Statement) throws -> Int {
        try all(statement.sql, with: statement.values) { try $0.next(Int.self) }.first ?? 0
    }
}
