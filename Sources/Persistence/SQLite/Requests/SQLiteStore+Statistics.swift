import GRDB
package import Knowledge
package import Persistence

extension SQLiteStore {
    package func stageSketches() async throws -> [StageSketch] {
        try await read { db in
            try db.all("SELECT type, stage, measure, size, encoded FROM stage_sketches") { cells in
                StageSketch(
                    type: try cells.next(), stage: try cells.next(), measure: try cells.next(), size: try cells.next(),
                    encoded: try cells.next())
            }
        }
    }

    package func keep(_ sketches: [StageSketch]) async throws {
        guard !sketches.isEmpty else { return }
        try await write { db in
            for sketch in sketches {
                try db.run(
                    """
                    INSERT INTO stage_sketches (type, stage, measure, size, encoded) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (type, stage, measure, size) DO UPDATE SET encoded = excluded.encoded
                    """, sketch.type, sketch.stage, sketch.measure, sketch.size, sketch.encoded)
            }
        }
    }

    package func waiting(among tasks: [Identifier]) async throws -> [WaitingTask] {
        try await read { db in
            var found = try Set(tasks).compactMap { try db.task($0) }.filter { $0.status == .pending }
            found.sort { ($0.project, $0.priority.rawValue, $0.place) < ($1.project, $1.priority.rawValue, $1.place) }
            var waiting: [WaitingTask] = []
            for task in found {
                // From the one before it in its lane, if there is one.
                let last = waiting.last.flatMap { $0.task.project == task.project && $0.task.priority == task.priority ? $0 : nil }
                let more = try db.first(
                    "SELECT count(*) FROM tasks WHERE status = 0 AND project = ? AND priority = ? AND place > ? AND place <= ?",
                    task.project, task.priority, last?.task.place ?? TaskNumber(-1), task.place
                ) { try $0.next(Int.self) }
                let bytes = try task.memory.flatMap { memory in
                    try db.first("SELECT length(CAST(content AS BLOB)) FROM memories WHERE number = ?", memory) { try $0.next(Int.self) }
                }
                waiting.append(WaitingTask(task: task, position: (last?.position ?? 0) + (more ?? 0), bytes: bytes))
            }
            return waiting
        }
    }
}
