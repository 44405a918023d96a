package import Knowledge

/// What it takes to say when a task will be done: how long tasks have taken, and where they stand.
package protocol StatisticsStore: Sendable {
    /// Everything that was kept, in no particular order.
    func stageSketches() async throws -> [StageSketch]
    /// Keeps what was measured, each in place of what was kept for its stage before.
    func keep(_ sketches: [StageSketch]) async throws
    /// Those of some tasks that wait, in ascending order of lane and place, each once. O(waiting tasks before the last of them in each lane).
    func waiting(among tasks: [Identifier]) async throws -> [WaitingTask]
}

/// How long a stage takes, as whoever measures it writes it down.
package struct StageSketch: Sendable, Equatable {
    package var type: TaskType
    package var stage: String
    /// What is measured, and of inputs of which size: the measurer's own numbers.
    package var measure: Int
    package var size: Int
    package var encoded: [UInt8]

    package init(type: TaskType, stage: String, measure: Int, size: Int, encoded: [UInt8]) {
        self.type = type
        self.stage = stage
        self.measure = measure
        self.size = size
        self.encoded = encoded
    }
}

/// A task that waits in its lane.
package struct WaitingTask: Sendable, Equatable {
    package var task: TaskRecord
    /// The tasks of the lane that wait before it, + 1.
    package var position: Int
    /// How long its episode's content is in UTF-8; `nil` when it has none.
    package var bytes: Int?

    package init(task: TaskRecord, position: Int, bytes: Int?) {
        self.task = task
        self.position = position
        self.bytes = bytes
    }
}
