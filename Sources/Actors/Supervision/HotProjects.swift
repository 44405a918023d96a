import DequeModule
import Knowledge
import Persistence

/// The projects that have tasks in hand or had some lately: each with its graph and the turns given out in its lanes.
///
/// What idle ones hold in memory is bounded: by their number, and by the records and names that all graphs hold together. The least recently used go first.
struct HotProjects {
    /// How much may be kept.
    struct Limit: Sendable {
        var projects = 10_000
        /// Records and names of all graphs; about 200 bytes each.
        var heldItems = 400_000
    }

    private struct Entry {
        let graph: ProjectGraphActor
        var turns: [TaskPriority: Int] = [:]
        /// Tasks that hold a turn, and others that need the graph.
        var tasks = 0
        var lastUse = 0
        /// What its graph held when its last task ended.
        var heldItems = 0
    }

    private let limit: Limit
    private let makeGraph: (ProjectNumber) -> ProjectGraphActor
    private var entries: [ProjectNumber: Entry] = [:]
    /// Those that became idle, the longest ago first; one that has been used since, or is gone, is passed over.
    private var idle: Deque<(project: ProjectNumber, lastUse: Int)> = []
    private var heldItems = 0
    private var uses = 0

    init(limit: Limit, makeGraph: @escaping (ProjectNumber) -> ProjectGraphActor) {
        self.limit = limit
        self.makeGraph = makeGraph
    }

    /// How many are kept.
    var count: Int { entries.count }
    /// The length of the line of idle ones, those passed over included.
    var waitingPlaces: Int { idle.count }

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

    /// The graph of a project for something else than a task; it is kept until ``end(_:)``.
    mutating func borrow(_ project: ProjectNumber) -> ProjectGraphActor {
        var entry = entries.removeValue(forKey: project) ?? Entry(graph: makeGraph(project))
        entry.tasks += 1
        uses += 1
        entry.lastUse = uses
        entries[project] = entry
        return entry.graph
    }

    /// A task that held a turn has left, or who borrowed the graph. Amortised O(1).
    mutating func end(_ project: ProjectNumber) {
        guard var entry = entries.removeValue(forKey: project) else { return }
        entry.tasks -= 1
        heldItems -= entry.heldItems
        entry.heldItems = entry.graph.heldItems
        heldItems += entry.heldItems
        entries[project] = entry
        if entry.tasks == 0 { idle.append((project, entry.lastUse)) }
        while entries.count > limit.projects || heldItems > limit.heldItems, let oldest = idle.popFirst() {
            guard let entry = entries[oldest.project], entry.tasks == 0, entry.lastUse == oldest.lastUse else { continue }
            drop(oldest.project)
        }
        // Each project needs one place in the line; what has been passed over by being used again is dropped now and then.
        if idle.count > 2 * entries.count + 64 { idle.removeAll { entries[$0.project]?.lastUse != $0.lastUse } }
    }

    mutating func remove(_ project: ProjectNumber) {
        if entries[project]?.tasks == 0 { drop(project) }
    }

    private mutating func drop(_ project: ProjectNumber) {
        guard let entry = entries.removeValue(forKey: project) else { return }
        heldItems -= entry.heldItems
    }

    var graphs: [ProjectGraphActor] { entries.values.map(\.graph) }
}
