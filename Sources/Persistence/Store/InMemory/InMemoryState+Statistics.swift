package import Knowledge

extension InMemoryState {
    /// What a ``StageSketch`` is kept under.
    struct SketchKey: Hashable {
        var type: TaskType
        var stage: ExactText
        var measure: Int
        var size: Int

        init(_ sketch: StageSketch) {
            type = sketch.type
            stage = ExactText(sketch.stage)
            measure = sketch.measure
            size = sketch.size
        }
    }

    mutating func keep(_ sketches: [StageSketch]) {
        for sketch in sketches { stageSketches[SketchKey(sketch)] = sketch }
    }

    func waiting(among ids: [Identifier]) -> [WaitingTask] {
        let tasks = Set(ids).compactMap { task(id: $0) }.filter { $0.status == .pending }
        return tasks.sorted { ($0.project, $0.priority.rawValue, $0.place) < ($1.project, $1.priority.rawValue, $1.place) }.compactMap {
            task in
            lanes[Lane(project: task.project, priority: task.priority)].map {
                WaitingTask(
                    task: task, position: $0.count(before: task.seat) + 1,
                    bytes: task.memory.flatMap { memories[$0]?.record.episode.content.utf8.count })
            }
        }
    }
}

extension InMemoryStore {
    package func stageSketches() async throws -> [StageSketch] { try access { Array($0.stageSketches.values) } }

    package func keep(_ sketches: [StageSketch]) async throws { try access { $0.keep(sketches) } }

    package func waiting(among tasks: [Identifier]) async throws -> [WaitingTask] { try access { $0.waiting(among: tasks) } }
}
