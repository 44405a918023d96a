import Knowledge
import Persistence

extension FaultyStore {
    func stageSketches() async throws -> [StageSketch] { try await base.stageSketches() }
    func keep(_ sketches: [StageSketch]) async throws { try await base.keep(sketches) }
    func waiting(among tasks: [Identifier]) async throws -> [WaitingTask] { try await base.waiting(among: tasks) }
}
