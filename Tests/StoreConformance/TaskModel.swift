import Knowledge
import Persistence

/// What tasks should be, told in the fewest words: the reference of random sequences.
struct TaskModel {
    struct Entry: Equatable {
        let id: Identifier
        let lane: Lane
        var place: TaskNumber
        var status = TaskStatus.pending
        var revision: Int64 = 0
        var attempt = 0
        var earlierAttempts = 0
        var isResumed = false
        /// Not part of a record.
        var interruptions = 0

        init(id: Identifier, lane: Lane, place: TaskNumber) {
            self.id = id
            self.lane = lane
            self.place = place
        }

        init(_ task: TaskRecord) {
            id = task.id
            lane = Lane(project: task.project, priority: task.priority)
            place = task.place
            status = task.status
            revision = task.revision
            attempt = task.attempt
            earlierAttempts = task.earlierAttempts
            isResumed = task.isResumed
        }
    }

    private(set) var tasks: [TaskNumber: Entry] = [:]
    /// The version that each project's graph should have.
    private(set) var versions: [ProjectNumber: Int64] = [:]

    var numbers: [TaskNumber] { tasks.keys.sorted() }

    func numbers(_ status: TaskStatus) -> [TaskNumber] { numbers.filter { tasks[$0]?.status == status } }

    func waiting(in lane: Lane) -> [TaskNumber] {
        numbers(.pending).compactMap { number in tasks[number].map { (number: number, entry: $0) } }
            .filter { $0.entry.lane == lane }.sorted { $0.entry.place < $1.entry.place }.map(\.number)
    }

    /// The highest place that a task has or had.
    private(set) var highestPlace = TaskNumber(0)

    func guarding(_ number: TaskNumber) -> TaskGuard { TaskGuard(task: number, revision: tasks[number]?.revision ?? -1) }

    func version(of number: TaskNumber) -> Int64 { tasks[number].flatMap { versions[$0.lane.project] } ?? 0 }

    mutating func accept(_ accepted: Accepted, in lane: Lane) {
        tasks[accepted.task] = Entry(id: accepted.taskID, lane: lane, place: accepted.task)
        highestPlace = max(highestPlace, accepted.task)
    }

    /// Begins another round at a place that the store has given. Returns whether the table allows it, and the place is the last.
    mutating func retry(_ number: TaskNumber, place: TaskNumber) -> Bool {
        guard place > highestPlace, tasks[number]?.status.isTerminal == true, move(number, to: .pending) else { return false }
        highestPlace = place
        tasks[number]?.place = place
        let attempts = tasks[number]?.attempt ?? 0
        tasks[number]?.earlierAttempts = attempts
        tasks[number]?.interruptions = 0
        return true
    }

    /// Makes a step if the table allows it; returns whether it did.
    @discardableResult
    mutating func move(_ number: TaskNumber, to status: TaskStatus, attempts: Int = 0, isResumed: Bool? = false) -> Bool {
        guard var entry = tasks[number], entry.status.canBecome(status) else { return false }
        entry.status = status
        entry.revision += 1
        entry.attempt += attempts
        entry.isResumed = isResumed ?? entry.isResumed
        tasks[number] = entry
        return true
    }

    /// Whether a record says what this model expects of the task.
    func agrees(with task: TaskRecord) -> Bool {
        var entry = Entry(task)
        entry.interruptions = tasks[task.number]?.interruptions ?? 0
        return entry == tasks[task.number]
    }

    /// The process ended while it held the task; returns how often that has happened.
    mutating func interrupt(_ number: TaskNumber) -> Int {
        tasks[number]?.interruptions += 1
        return tasks[number]?.interruptions ?? 0
    }

    mutating func claimAgain(_ number: TaskNumber) -> Bool {
        guard tasks[number]?.status == .processing else { return false }
        tasks[number]?.revision += 1
        tasks[number]?.attempt += 1
        tasks[number]?.isResumed = false
        return true
    }

    mutating func commit(_ number: TaskNumber) {
        guard move(number, to: .completed), let project = tasks[number]?.lane.project else { return }
        versions[project, default: 0] += 1
    }
}
