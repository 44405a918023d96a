import Knowledge
import Persistence

/// The projects that have tasks in hand or had some lately: each with its graph and the turns given out in its lanes.
/// At most ``limit`` idle ones are kept, the least recently used go first.
struct HotProjects {
    private struct Entry {
        let graph: ProjectGraphActor
        var turns: [TaskPriority: Int] = [:]
        /// Tasks that hold a turn.
        var tasks = 0
        var lastUse = 0
    }

    private let limit: Int
    private let makeGraph: (ProjectNumber) -> ProjectGraphActor
    private var entries: [ProjectNumber: Entry] = [:]
    private var uses = 0

    init(limit: Int, makeGraph: @escaping (ProjectNumber) -> ProjectGraphActor) {
        self.limit = limit
        self.makeGraph = makeGraph
    }

    /// Gives a task that is about to start its turn in its lane.
    mutating func begin(_ lane: Lane) -> (graph: ProjectGraphActor, turn: Int) {
        var entry = entries.removeValue(forKey: lane.project) ?? Entry(graph: makeGraph(lane.project))
        let turn = entry.turns[lane.priority, default: 0]
        entry.turns[lane.priority] = turn + 1
        entry.tasks += 1
        uses += 1
        entry.lastUse = uses
        entries[lane.project] = entry
        return (entry.graph, turn)
    }

    mutating func end(_ project: ProjectNumber) {
        entries[project]?.tasks -= 1
        guard entries.count > limit else { return }
        let idle = entries.filter { $0.value.tasks == 0 }.sorted { $0.value.lastUse < $1.value.lastUse }
        for (project, _) in idle.prefix(entries.count - limit) { entries[project] = nil }
    }

    mutating func remove(_ project: ProjectNumber) {
        if entries[project]?.tasks == 0 { entries[project] = nil }
    }

    var graphs: [ProjectGraphActor] { entries.values.map(\.graph) }
}
