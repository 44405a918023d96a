/// One thing to measure.
@ClientLoop
protocol Scenario {
    /// Measures and verifies; what was written to the report stays there if this throws. Servers that are still running
    /// afterwards are ended by the caller.
    func measure(_ report: inout ScenarioReport, on workbench: Workbench) async throws
}
