import ArgumentParser

/// What is measured of the streams, in this order.
enum StreamScenarioName: String, CaseIterable, ExpressibleByArgument {
    case audience, distinct, burst, stages, terminals, posts, http2

    @ClientLoop
    var scenario: any StreamScenario {
        switch self {
        case .audience: AudienceScenario()
        case .distinct: DistinctScenario()
        case .burst: BurstScenario()
        case .stages: StagesScenario()
        case .terminals: TerminalsScenario()
        case .posts: PostsScenario()
        case .http2: MultiplexScenario()
        }
    }
}
