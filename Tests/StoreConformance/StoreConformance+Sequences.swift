import Persistence
import Testing

extension StoreConformance {
    static let sequences: [Check] = [1, 2, 3].map { (seed: UInt64) in
        Check("random operations agree with a model, seed \(seed)") { trial in
            let projects = [try await trial.store.defaultProject(), try await trial.project()]
            var walk = RandomWalk(trial, projects: projects, seed: seed)
            try await walk.run(steps: 150)
            await walk.trial.store.close()
        }
    }
}
