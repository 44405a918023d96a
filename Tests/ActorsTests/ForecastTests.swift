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
            // Of tasks in hand of random length little can be known: not much less than is said.
            let least = samples.compactMap(\.leastError)
            if least.count >= 100 {
                #expect(Self.median(samples.filter { !$0.wasWaiting }.map(\.error)) < 1.35 * Self.median(least), "\(workers) workers")
            }
        }
        #expect(Self.median(errors) < 0.25)
    }

    @Test func whatWaitsIsExpectedByItsOwnSize() throws {
        var forecast = Forecast(capacity: .init(workers: 4))
        let lane = Lane(project: ProjectNumber(1), priority: .interactive)
        func at(_ second: Double) -> Timestamp { Timestamp(microseconds: Int64(second * 1e6)) }
        for index in 0..<40 as Range<UInt64> {
            let (id, isLarge) = (Identifier(high: 1, low: index), index.isMultiple(of: 4))
            let (start, duration) = (Double(index) * 20, isLarge ? 10.0 : 1)
            forecast.began(id, type: .addEpisode, lane: lane, bytes: isLarge ? 500_000 : 2000, queuedAt: at(start), at: at(start))
            forecast.extracted(id, at: at(start + duration))
            forecast.completed(id, at: at(start + duration))
        }
        func rest(_ bytes: Int?) throws -> Double {
            try #require(forecast.rest(waitingIn: lane, type: .addEpisode, bytes: bytes, position: 1, at: at(1000)))
        }
        #expect((9...11).contains(try rest(500_000)))
        #expect((0.9...1.1).contains(try rest(2000)))
        #expect((0.9...1.1).contains(try rest(nil)))
    }
}
