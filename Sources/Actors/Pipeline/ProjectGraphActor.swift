import DequeModule
package import Knowledge
package import Logging
package import Persistence
import Synchronization

/// The graph of one hot project, and the only one in the process that changes it: plans each episode's delta on top of those
/// that are still on their way to the disk, and enqueues it without waiting for them.
///
/// When a commit is refused (cancelled, or the store failed), everything planned on top of it is refused by the store's
/// version check; this actor then drops what it holds, reads the store again and plans the refused ones anew, in the same
/// order. A store that can't write (a full disk) holds the project up, and nothing is lost.
package actor ProjectGraphActor {
    /// What a task needs to know to put together its commit.
    package struct Plan: Sendable {
        package var delta: GraphDelta
        package var syncedSchemaAt: Timestamp
        package var updatedCommunitiesAt: Timestamp
    }

    private struct Entry {
        let extraction: Extraction
        let happenedAt: Timestamp?
        /// Whose older version's contribution goes; then nothing else may be on its way to the disk.
        let replaced: MemoryNumber?
        /// `nil`: the task has ended meanwhile.
        let makeCommit: @Sendable (Plan) async -> EpisodeCommit?
        let continuation: CheckedContinuation<TaskEnding, any Error>
        var ending: TaskEnding?
    }

    /// Work that asks for the graph as the store has it, and for nobody beside it.
    private struct LoneWork {
        let run: @Sendable () async -> Void
        let refuse: @Sendable (any Error) -> Void
    }

    package nonisolated let project: ProjectNumber
    let store: any Store
    let time: TimeSource
    private let clock: any Clock<Duration>
    private let heldLimit: Int
    private let logger: Logger

    private var graph: ProjectGraph?
    private let held = Atomic(0)
    private var turnstiles: [TaskPriority: Turnstile<Entry>] = [:]
    private var ready: Deque<Entry> = []
    private var lone: Deque<LoneWork> = []
    /// Enqueued in the store, by their order there.
    private var unsettled: [Int: Entry] = [:]
    /// What the store will say of them, in that order.
    private var undecided: Deque<(number: Int, commit: PendingCommit)> = []
    private var refused: [Int: Entry] = [:]
    private var sequence = 0
    private var isDriving = false
    private var mustReload = false
    private var pause: Duration = .zero
    private var isClosed = false

    /// - Parameter heldLimit: how many records and names are held in memory before they are dropped and read anew.
    package init(
        project: ProjectNumber, store: any Store, time: TimeSource = .system, clock: any Clock<Duration> = ContinuousClock(),
        heldLimit: Int = 80_000, logger: Logger
    ) {
        self.logger = logger
        self.project = project
        self.store = store
        self.time = time
        self.clock = clock
        self.heldLimit = heldLimit
    }

    /// How many records and names are held in memory, by the last count.
    package nonisolated var heldItems: Int { held.load(ordering: .relaxed) }

    /// Reads the project's schema, if it is not at hand.
    package func loadSchema() async throws {
        guard graph == nil, !isDriving, unsettled.isEmpty else { return }
        let loaded = try await load()
        if graph == nil, !isDriving, unsettled.isEmpty {
            graph = loaded
            held.store(loaded.heldItems, ordering: .relaxed)
        }
    }

    /// Takes an episode's extraction into the graph when its turn in the lane has come, and ends its task with it.
    /// - Parameters:
    ///   - replaced: the memory, if an older version of it may have contributed to the graph: that goes in the same commit.
    ///   - makeCommit: called with each plan, more than once if a plan has to be made anew.
    /// - Returns: once the commit is durable: how the task ended.
    /// - Throws: ``StoreError``: `lostRace` when the task was ended by somebody else, `notFound` when its project or memory is gone, `closed`.
    package func commit(
        _ extraction: Extraction, happenedAt: Timestamp?, replacing replaced: MemoryNumber? = nil, priority: TaskPriority, turn: Int,
        makeCommit: @escaping @Sendable (Plan) async -> EpisodeCommit?
    ) async throws -> TaskEnding {
        try await withCheckedThrowingContinuation { continuation in
            guard !isClosed else {
                continuation.resume(throwing: StoreError(.closed, "The server is shutting down."))
                return
            }
            let entry = Entry(
                extraction: extraction, happenedAt: happenedAt, replaced: replaced, makeCommit: makeCommit, continuation: continuation)
            ready.append(contentsOf: turnstiles[priority, default: Turnstile()].arrive(entry, turn: turn))
            drive()
        }
    }

    /// Says that the holder of a turn will not come (any more).
    package func pass(priority: TaskPriority, turn: Int) {
        ready.append(contentsOf: turnstiles[priority, default: Turnstile()].pass(turn: turn))
        drive()
    }

    /// Refuses, with `lostRace`, the holder of a turn that waits for it here; one whose turn has come is refused by the store. The others don't wait for
    /// one who has not come yet.
    package func withdraw(priority: TaskPriority, turn: Int) {
        let (entry, released) = turnstiles[priority, default: Turnstile()].withdraw(turn: turn)
        entry?.continuation.resume(throwing: StoreError(.lostRace, "The task was ended by somebody else."))
        ready.append(contentsOf: released)
        drive()
    }

    /// Runs something that changes the graph by itself, while nothing else of it is on its way to the disk; what is held is dropped afterwards.
    /// It goes before the episodes that have not been planned yet, and must not wait for any of them.
    /// - Throws: what `work` throws; ``StoreError`` `closed` if it was not begun.
    package func alone<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            guard !isClosed else {
                continuation.resume(throwing: StoreError(.closed, "The server is shutting down."))
                return
            }
            lone.append(
                LoneWork(
                    run: {
                        do { continuation.resume(returning: try await work()) } catch { continuation.resume(throwing: error) }
                    }, refuse: { continuation.resume(throwing: $0) }))
            drive()
        }
    }

    /// Refuses everything that is not in the store's queue yet, and whatever comes later.
    package func close() {
        isClosed = true
        var entries = Array(ready) + refused.values
        for priority in TaskPriority.allCases {
            entries += turnstiles[priority, default: Turnstile()].removeAll()
        }
        let works = lone
        ready = []
        refused = [:]
        lone = []
        for work in works { work.refuse(StoreError(.closed, "The server is shutting down.")) }
        for entry in entries { entry.continuation.resume(throwing: StoreError(.closed, "The server is shutting down.")) }
    }

    private func drive() {
        guard !isDriving, !(ready.isEmpty && refused.isEmpty && lone.isEmpty) else { return }
        isDriving = true
        Task { await work() }
    }

    private func work() async {
        while !isClosed {
            if mustReload || (graph?.heldItems ?? 0) > heldLimit {
                // What stands in the store's queue was planned on what is dropped here: its fate has to be known first.
                guard unsettled.isEmpty else { break }
                graph = nil
                held.store(0, ordering: .relaxed)
                mustReload = false
                for key in refused.keys.sorted(by: >) {
                    if let entry = refused.removeValue(forKey: key) { ready.prepend(entry) }
                }
                if pause > .zero {
                    try? await clock.sleep(for: pause)  // Never cancelled: this task has no handle.
                }
                continue
            }
            if let work = lone.first {
                guard unsettled.isEmpty else { break }
                lone.removeFirst()
                await work.run()
                mustReload = true
                continue
            }
            guard let entry = ready.first, entry.replaced == nil || unsettled.isEmpty else { break }
            ready.removeFirst()
            await plan(entry)
        }
        isDriving = false
    }

    private func plan(_ entry: Entry) async {
        do {
            // Taken out while it changes: a second reference would copy it.
            var graph = if let held = graph.take() { held } else { try await load() }
            if let memory = entry.replaced { try await retract([memory], replaced: memory, from: &graph) }
            try await fill(&graph) { $0.missing(for: entry.extraction) }
            let syncedAt = time.now()
            var updatedAt = syncedAt
            let delta = graph.integrate(
                entry.extraction, at: syncedAt, happenedAt: entry.happenedAt, numbering: store.numbering,
                communitiesStage: { updatedAt = time.now() })
            let plan = Plan(delta: delta, syncedSchemaAt: syncedAt, updatedCommunitiesAt: updatedAt)
            guard let commit = await entry.makeCommit(plan) else {
                mustReload = true
                entry.continuation.resume(throwing: StoreError(.lostRace, "The task was ended by somebody else."))
                return
            }
            self.graph = graph
            held.store(graph.heldItems, ordering: .relaxed)
            // What follows is planned on the graph as it will have been stored.
            if entry.replaced != nil { mustReload = true }
            enqueue(commit, entry)
        } catch {
            mustReload = true
            refuse(entry, at: sequence, because: error)
            sequence += 1
        }
    }

    private func enqueue(_ commit: EpisodeCommit, _ entry: Entry) {
        let number = sequence
        sequence += 1
        var entry = entry
        entry.ending = commit.ending
        unsettled[number] = entry
        undecided.append((number, store.commit(commit)))
        guard undecided.count == 1 else { return }
        Task { await settleAll() }
    }

    /// The store decides commits in their order.
    private func settleAll() async {
        while let (number, pending) = undecided.first {
            do {
                try await pending.wait()
                settle(number, because: nil)
            } catch {
                settle(number, because: error)
            }
            undecided.removeFirst()
        }
    }

    private func settle(_ number: Int, because error: (any Error)?) {
        guard let entry = unsettled.removeValue(forKey: number) else { return }
        if let error {
            mustReload = true
            refuse(entry, at: number, because: error)
        } else if let ending = entry.ending {
            pause = .zero
            entry.continuation.resume(returning: ending)
        }
        drive()
    }

    private func refuse(_ entry: Entry, at number: Int, because error: any Error) {
        guard !isClosed else {
            entry.continuation.resume(throwing: StoreError(.closed, "The server is shutting down.", cause: error))
            return
        }
        switch (error as? StoreError)?.code {
        case .staleGraph:
            refused[number] = entry
        case .full, .unavailable:
            logger.error("a commit failed and will be tried again", metadata: ["project": "\(project)", "error": "\(error)"])
            pause = min(.seconds(10), max(.milliseconds(100), pause * 2))
            refused[number] = entry
        default:
            entry.continuation.resume(throwing: error)
        }
    }

    /// Reads what is missing.
    func fill(_ graph: inout ProjectGraph, missing: (ProjectGraph) -> GraphNeeds) async throws {
        var needs = missing(graph)
        while !needs.isEmpty {
            graph.fill(try await store.graphFacts(of: project, for: needs))
            needs = missing(graph)
        }
    }

    func load() async throws -> ProjectGraph {
        var graph = ProjectGraph(header: try await store.graphHeader(of: project))
        var needs = GraphNeeds()
        needs.schema = true
        graph.fill(try await store.graphFacts(of: project, for: needs))
        return graph
    }
}
