import Knowledge
import Persistence
import Testing

@testable import PersistenceSQLite

/// How lists of memories are found: what SQLite says it would do.
@Suite struct MemoryListingTests {
    private static let statuses: [TaskStatus?] = [nil] + TaskStatus.allCases
    private static let scopes: [[ProjectNumber]?] = [nil, [ProjectNumber(1)]]

    private func plan(_ statement: MemoryListing.Statement, in store: SQLiteStore) async throws -> String {
        let (sql, values) = (statement.sql, statement.values)
        return try await store.read { db in
            try db.all("EXPLAIN QUERY PLAN \(sql)", with: values) { cells in
                for _ in 0..<3 { _ = try cells.next(Int.self) }
                return try cells.next(String.self)
            }.joined(separator: "\n")
        }
    }

    @Test(arguments: statuses, scopes) func isCountedWithoutALookAtMemoriesOrTheirTasks(
        status: TaskStatus?, projects: [ProjectNumber]?
    ) async throws {
        try await TemporaryDatabase().withStore { store in
            let listing = MemoryListing(query: MemoryQuery(projects: projects, status: status), standing: (0, 0))
            for statement in [listing.counted(-1), listing.counted(3), listing.chores(.pending), listing.chores(.processing)] {
                let plan = try await plan(statement, in: store)
                #expect(plan.contains("memory_counts") || plan.contains("tasks_live_chores"), "\(plan)")
                #expect(!plan.contains("memories") && !plan.contains("SCAN tasks\n"), "\(plan)")
            }
        }
    }

    /// Goes from the newest on and stops at the limit: nothing is gathered and sorted.
    @Test(arguments: statuses, scopes) func aPageOfManyIsFoundFromTheNewestOn(status: TaskStatus?, projects: [ProjectNumber]?) async throws
    {
        try await TemporaryDatabase().withStore { store in
            let listing = MemoryListing(query: MemoryQuery(projects: projects, status: status), standing: (0, 0))
            let plan = try await plan(listing.rows(Slice(limit: 20), total: 500_000, all: 1_000_000), in: store)
            #expect(
                plan.contains(projects == nil ? "SCAN m" : "SEARCH m USING COVERING INDEX memories_by_project") || projects != nil,
                "\(plan)")
            #expect(!plan.contains("TEMP B-TREE"), "\(plan)")
        }
    }

    @Test(arguments: TaskStatus.allCases.filter { $0 != .completed }, scopes) func theFewOfAStatusAreFoundByTheirTasks(
        status: TaskStatus, projects: [ProjectNumber]?
    ) async throws {
        try await TemporaryDatabase().withStore { store in
            let listing = MemoryListing(query: MemoryQuery(projects: projects, status: status), standing: (0, 0))
            let plan = try await plan(listing.rows(Slice(limit: 20), total: 3, all: 1_000_000), in: store)
            #expect(plan.contains("INDEX tasks_\(status)"), "\(plan)")
            #expect(!plan.contains("SCAN m"), "\(plan)")
        }
    }
}
