/// Episodes per second from the first post through all six stages.
struct IngestScenario: Scenario {
    /// Over how many projects the episodes are spread, in turn; 1 is the default project.
    var projectCount = 1

    func measure(_ report: inout ScenarioReport, on workbench: Workbench) async throws {
        let count = workbench.options.episodes
        let server = try await workbench.start([])
        var projects = ["default"]
        if projectCount > 1 {
            projects = []
            for number in 1...projectCount { projects.append(try await server.client.createProject("Project \(number)").id) }
        }
        let hammer = try await Hammer(
            address: server.address, connections: workbench.options.connections, texts: workbench.texts, projects: projects)
        let ingestion = try await Ingestion.run(count: count, through: hammer, into: server, endedBefore: 0)
        hammer.close()

        report.figures = [
            Figure("ingested", ingestion.rate, "/s", target: .atLeast(1500)),
            Figure("episodes", Double(count), ""),
            Figure("projects", Double(projectCount), ""),
            Figure("all accepted after", ingestion.acceptSeconds, "s"),
            Figure("all ingested after", ingestion.seconds, "s"),
            Figure("server CPU per episode", ingestion.cpuMicroseconds, "µs"),
            Figure("server RSS afterwards", try server.gauge.residentKilobytes() / 1024, "MB"),
            Figure("on disk per episode", Double(server.directory.size()) / Double(count), "bytes")
        ]
        report.checks += hammer.tally.checks(pushBackAllowed: true)
        let stats = ingestion.statsAfter
        report.checks.append(
            Check("completed = posted, failed = 0", stats.completed == count && stats.spoilt == 0, "\(stats)"))
        report.checks.append(try await Self.sample(of: hammer.tally.taskIDs, on: server))
        report.notes.append("watched by \(ingestion.watching)")
        if hammer.tally.pushedBack > 0 {
            report.notes.append("\(hammer.tally.pushedBack) posts were pushed back with 429 or 503 and sent again")
        }
        try await workbench.stop(server, &report)
    }

    /// Looks at 100 tasks, evenly spread.
    private static func sample(of ids: [String], on server: ServerProcess) async throws -> Check {
        let step = max(1, ids.count / 100)
        var seen = 0
        var completed = 0
        var entities = 0
        var relationships = 0
        var warnings = 0
        for index in stride(from: 0, to: ids.count, by: step).prefix(100) {
            let task = try await server.client.task(ids[index])
            seen += 1
            guard task.id == ids[index], task.status == "Completed", let receipt = task.result else { continue }
            completed += 1
            entities += receipt.entitiesCreated + receipt.entitiesMerged
            relationships += receipt.relationshipsCreated
            warnings += receipt.warning == nil ? 0 : 1
        }
        return Check(
            "a sample is Completed with a result", seen > 0 && completed == seen,
            "\(completed) of \(seen); \(entities) entities, \(relationships) relationships in them, \(warnings) warnings")
    }
}
