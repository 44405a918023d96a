import GRDB

/// The steps that lead from an empty file to the newest schema. A step that has been released is never changed; what comes
/// later is a step of its own.
enum Schema {
    /// `Engr`, in the header of every database of Engram's.
    static let applicationID = 0x456E_6772

    struct Step {
        var name: String
        var sql: String
    }

    static let steps = [
        Step(name: "1 tasks and memories", sql: tasksAndMemories),
        Step(name: "2 graph", sql: graph),
        Step(name: "3 access keys", sql: accessKeys),
        Step(name: "4 families of tasks", sql: families),
        Step(name: "5 places in lanes", sql: places),
        Step(name: "6 imports", sql: imports),
        Step(name: "7 deletions", sql: deletions),
        Step(name: "8 interruptions", sql: interruptions),
        Step(name: "9 versions of memories", sql: versions),
        Step(name: "10 retention", sql: retention),
        Step(name: "11 chores", sql: chores),
        Step(name: "12 checkpoints", sql: checkpoints),
        Step(name: "13 statistics of stages", sql: statistics),
        Step(name: "14 removals", sql: removals),
        Step(name: "15 counts of memories", sql: memoryCounts),
        Step(name: "16 reruns of imports", sql: reruns),
        Step(name: "17 superseded children of imports", sql: supersessions)
    ]

    /// - Parameter steps: others in tests of the mechanism.
    static func migrator(_ steps: [Step] = Self.steps) -> DatabaseMigrator {
        var migrator = DatabaseMigrator().disablingDeferredForeignKeyChecks()
        for step in steps { migrator.registerMigration(step.name) { try $0.execute(sql: step.sql) } }
        return migrator
    }
}
