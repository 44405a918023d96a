/// An import of many lines: how fast they are accepted, and how much memory that takes.
struct ImportScenario: Scenario {
    func measure(_ report: inout ScenarioReport, on workbench: Workbench) async throws {
        let lines = workbench.options.lines
        let server = try await workbench.start(["--workers", "0"])
        let before = try server.gauge.residentKilobytes() / 1024
        let cpuBefore = try server.gauge.cpuSeconds()
        let made = try await server.client.beginImport()
        let clock = ContinuousClock()
        let began = clock.now
        let upload = try await Upload.open(to: server.address, path: made.uploadURL)
        let sent = try await upload.send(lines: lines, of: workbench.texts)
        let outcome = try await upload.finish().decoded(ImportOutcome.self, status: 202)
        let seconds = (clock.now - began).seconds
        let stats = try await server.client.taskStats()
        report.figures = [
            Figure("lines accepted", Double(lines) / seconds, "/s"),
            Figure("megabytes accepted", Double(sent) / 1e6 / seconds, "/s"),
            Figure("server RSS at most", try server.gauge.peakResidentKilobytes() / 1024, "MB", target: .atMost(200)),
            Figure("server RSS before", before, "MB"),
            Figure("server CPU per line", (try server.gauge.cpuSeconds() - cpuBefore) * 1e6 / Double(lines), "µs"),
            Figure("lines", Double(lines), ""),
            Figure("megabytes", Double(sent) / 1e6, "")
        ]
        report.checks.append(
            Check(
                "every line accepted, and waiting", outcome.accepted == lines && outcome.rejected == 0 && stats.pending >= lines,
                "\(outcome.accepted) accepted, \(outcome.rejected) rejected; \(stats)"))
        try await workbench.stop(server, &report)
    }
}

/// What a finished upload is answered with.
struct ImportOutcome: Decodable, Sendable {
    let accepted: Int
    let rejected: Int
}

/// An import that waits for its upload.
struct ImportView: Decodable, Sendable {
    let taskID: String
    let uploadURL: String

    private enum CodingKeys: String, CodingKey {
        case taskID = "task_id"
        case uploadURL = "upload_url"
    }
}
