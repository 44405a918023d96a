import ArgumentParser

/// The scenarios, in the order in which they run: `restart` takes over what `growth` stored.
enum ScenarioName: String, CaseIterable, ExpressibleByArgument {
    case accept, ingest, spread, interactive, imports, growth, latency, eta, restart, fanout

    @ClientLoop
    var scenario: any Scenario {
        switch self {
        case .accept: AcceptScenario()
        case .ingest: IngestScenario()
        case .spread: IngestScenario(projectCount: 1000)
        case .interactive: InteractiveScenario()
        case .imports: ImportScenario()
        case .growth: GrowthScenario()
        case .latency: LatencyScenario()
        case .eta: ExpectationScenario()
        case .restart: RestartScenario()
        case .fanout: FanoutScenario()
        }
    }
}
