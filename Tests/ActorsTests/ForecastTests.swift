import Knowledge
import Persistence
import Testing

@testable import Actors

struct ForecastTests {
    /// What an estimate is worth: the median of `|estimate − actual| ÷ actual` over questions asked at random moments about random tasks that have not
    /// ended, waiting or in hand, once 200 have; those that ended within 100 ms are left out.
    private static func median(_ errors: [Double]) -> Double {
        errors.isEmpty ? .nan : errors.sorted()[errors.count / 2]
    }

    struct Scenario: Sendable, CustomTestStringConvertible {
        var name: String
        var work: SimulatedLanes.Work
        var projects: [SimulatedLanes.Project]

        var testDescription: String { name }
    }

    static let works: [(String, SimulatedLanes.Work)] = [
        ("constant", .constant(0.5)), ("log-normal", .logNormal(median: 0.5, sigma: 0.6)), ("by size", .bySize(secondsPerKilobyte: 0.01)),
        ("parts", .parts(10, median: 1, sigma: 0.5))
    ]

    static let crowds: [(String, [SimulatedLanes.Project])] = [
        ("one project", [.init(count: 1000)]),
        ("two that come later", [.init(count: 1000), .init(start: 10, count: 600), .init(start: 30, count: 100)]),
        ("many small ones", [.init(count: 800)] + (0..<30).map { .init(start: Double($0), count: 40) }),
        ("a steady stream beside a backlog", [.init(count: 800, priority: .bulk), .init(start: 5, count: 400, interval: 0.1)])
    ]

    static let scenarios = works.flatMap { work in
        crowds.map { Scenario(name: "\(work.0), \($0.0)", work: work.1, projects: $0.1) }
    }

    /// Over all numbers of workers; no single one may be far off either.
    @Test(arguments: scenarios)
    func theMedianErrorIsBelowAQuarter(scenario: Scenario) {
        var errors: [Double] = []
        for workers in [1, 4, 16, 64] {
            var simulation = SimulatedLanes(workers: workers, work: scenario.work, projects: scenario.projects, seed: 7)
            let samples = simulation.run()
            #expect(samples.count > 100)
            #expect(simulation.unanswered == 0)
            let waiting = Self.median(samples.filter(\.wasWaiting).map(\.error))
            #expect(Self.median(samples.map(\.error)) < 0.3, "\(workers) workers")
            #expect(waiting < 0.3, "\(workers) workers")
            errors += samples.map(\.error)
        }
        #expect(Self.median(errors) < 0.25)
    }
}
