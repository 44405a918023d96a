import Foundation
import Testing

@testable import Actors

/// Random schedules of everything that can happen to the engine, each from its seed. `ENGRAM_SIMULATION_SCHEDULES` is how many are run (10,000),
/// `ENGRAM_SIMULATION_SEED` runs the one of that seed alone.
@Suite struct SimulationTests {
    private static let schedules = ProcessInfo.processInfo.environment["ENGRAM_SIMULATION_SCHEDULES"].flatMap(UInt64.init) ?? 10_000
    private static let only = ProcessInfo.processInfo.environment["ENGRAM_SIMULATION_SEED"].flatMap(UInt64.init)
    private static let parts: UInt64 = 16

    /// Nobody starves, every lane's order and every bound holds, no task is lost, done twice or blamed for another's crash.
    @Test(arguments: 0..<parts)
    func anyScheduleEndsWell(part: UInt64) {
        if let only = Self.only {
            if part == 0 { run(only) }
            return
        }
        for seed in 0..<Self.schedules where seed % Self.parts == part { run(seed) }
    }

    private func run(_ seed: UInt64) {
        var simulation = Simulation(SimulationPlan(seed: seed))
        simulation.run()
        #expect(simulation.problems.list.isEmpty, "ENGRAM_SIMULATION_SEED=\(seed) repeats this")
    }
}
