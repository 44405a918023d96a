import Knowledge
import Persistence
import Synchronization

/// A store whose commits can be made to fail before they are tried, and that remembers the order in which they came.
final class FaultyStore: Store {
    let base: InMemoryStore
    private let fault: @Sendable (EpisodeCommit) -> StoreError?
    private let committed = Mutex<[MemoryNumber]>([])
    private let readFaults: Mutex<Int>

    let beforeRegrouping: @Sendable (InMemoryStore, Int) async throws -> Void
    let regroupings = Atomic(0)
    /// How many attempts can't be counted because the disk is full, the next ones.
    let fullClaims = Atomic(0)
    let beforeImports: @Sendable (ImportCall) async throws -> Void

    /// What a test may hold up of an import.
    enum ImportCall {
        case begin, reopen, read
        /// What was read is on its way back.
        case haveRead
    }

    /// - Parameters:
    ///   - readFaults: how many reads of a task by id fail, the first ones.
    ///   - beforeImports: runs before some calls that concern imports.
    ///   - beforeRegrouping: runs before each regrouping is applied, counted from 1.
    init(
        _ base: InMemoryStore, readFaults: Int = 0, fault: @escaping @Sendable (EpisodeCommit) -> StoreError? = { _ in nil },
        beforeImports: @escaping @Sendable (ImportCall) async throws -> Void = { _ in },
        beforeRegrouping: @escaping @Sendable (InMemoryStore, Int) async throws -> Void = { _, _ in }
    ) {
        self.base = base
        self.fault = fault
        self.readFaults = Mutex(readFaults)
        self.beforeImports = beforeImports
        self.beforeRegrouping = beforeRegrouping
    }

    /// The memories whose commits have succeeded, in order.
    var commits: [MemoryNumber] { committed.withLock { $0 } }

    func commit(_ commit: EpisodeCommit) -> PendingCommit {
        if let error = fault(commit) { return PendingCommit { throw error } }
        let pending = base.commit(commit)
        return PendingCommit { [self] in
            try await pending.wait()
            committed.withLock { $0.append(commit.memory) }
        }
    }

    var epoch: Int64 { base.epoch }
    var numbering: GraphNumbering { base.numbering }
    func check() async throws { try await base.check() }
    func close() async { await base.close() }

    func createProject(id: Identifier, name: String, description: String?, at: Timestamp) async throws -> ProjectRecord {
        try await base.createProject(id: id, name: name, description: description, at: at)
    }
    func project(id: Identifier) async throws -> ProjectRecord? { try await base.project(id: id) }
    func project(named name: String, orCreateWith id: Identifier, at: Timestamp) async throws -> ProjectRecord {
        try await base.project(named: name, orCreateWith: id, at: at)
    }
    func defaultProject() async throws -> ProjectRecord { try await base.defaultProject() }
    func projects(among: [Identifier]?, slice: Slice) async throws -> Page<ProjectRecord> {
        try await base.projects(among: among, slice: slice)
    }
    func updateProject(id: Identifier, name: String, description: String?, at: Timestamp) async throws -> ProjectRecord {
        try await base.updateProject(id: id, name: name, description: description, at: at)
    }
    func deleteProject(id: Identifier, evenIfBusy: Bool, at: Timestamp) async throws {
        try await base.deleteProject(id: id, evenIfBusy: evenIfBusy, at: at)
    }
    func purge(limit: Int) async throws -> Bool { try await base.purge(limit: limit) }

    func accept(_ submission: Submission) async throws -> Acceptance { try await base.accept(submission) }
    func memory(id: Identifier) async throws -> MemoryRecord? { try await base.memory(id: id) }
    func memories(_ query: MemoryQuery, slice: Slice) async throws -> Page<MemoryRecord> { try await base.memories(query, slice: slice) }
    func mentions(in memory: MemoryNumber) async throws -> [MentionView] { try await base.mentions(in: memory) }
    func pruneIdempotencyKeys(before moment: Timestamp, limit: Int) async throws -> Int {
        try await base.pruneIdempotencyKeys(before: moment, limit: limit)
    }

    func task(id: Identifier) async throws -> TaskRecord? {
        let fails = readFaults.withLock { left in
            defer { left = max(0, left - 1) }
            return left > 0
        }
        if fails { throw StoreError(.unavailable, "The disk failed.") }
        return try await base.task(id: id)
    }
    func submit(_ submission: TaskSubmission) async throws -> TaskRecord { try await base.submit(submission) }
    func tasks(_ query: TaskQuery, slice: Slice) async throws -> [TaskRecord] { try await base.tasks(query, slice: slice) }
    func statistics(since moment: Timestamp, now: Timestamp, projects: [ProjectNumber]?) async throws -> TaskStatistics {
        try await base.statistics(since: moment, now: now, projects: projects)
    }
    func backlog() async throws -> [LaneBacklog] { try await base.backlog() }
    func recover(interruptionLimit: Int, at: Timestamp) async throws -> Recovery {
        try await base.recover(interruptionLimit: interruptionLimit, at: at)
    }
    func claim(_ lane: Lane, limit: Int, at: Timestamp) async throws -> [Claim] { try await base.claim(lane, limit: limit, at: at) }
    func claimAgain(_ guarding: TaskGuard, at: Timestamp) async throws -> TaskRecord {
        if fullClaims.subtract(1, ordering: .relaxed).newValue >= 0 { throw StoreError(.full, "The disk is full.") }
        return try await base.claimAgain(guarding, at: at)
    }
    func release(_ tasks: [TaskGuard]) async throws { try await base.release(tasks) }
    func snapshot(_ snapshots: [ProgressSnapshot]) async throws { try await base.snapshot(snapshots) }
    func end(_ guarding: TaskGuard, _ ending: TaskEnding) async throws -> TaskRecord { try await base.end(guarding, ending) }
    func cancel(id: Identifier, at: Timestamp) async throws -> Cancellation { try await base.cancel(id: id, at: at) }

    func graphHeader(of project: ProjectNumber) async throws -> GraphHeader { try await base.graphHeader(of: project) }
    func graphFacts(of project: ProjectNumber, for needs: GraphNeeds) async throws -> GraphFacts {
        try await base.graphFacts(of: project, for: needs)
    }
    func entities(_ query: EntityQuery, slice: Slice) async throws -> Page<EntityView> { try await base.entities(query, slice: slice) }
    func entity(id: Identifier) async throws -> EntityView? { try await base.entity(id: id) }
    func entityTypes(projects: [ProjectNumber]?) async throws -> [(type: String, count: Int)] {
        try await base.entityTypes(projects: projects)
    }
    func memories(naming entity: EntityNumber, limit: Int) async throws -> [MemoryReference] {
        try await base.memories(naming: entity, limit: limit)
    }
    func relationships(of entity: EntityNumber, type: String?, limit: Int) async throws -> Page<RelationshipView> {
        try await base.relationships(of: entity, type: type, limit: limit)
    }
    func communities(projects: [ProjectNumber]?, minimumMembers: Int, slice: Slice) async throws -> Page<CommunityView> {
        try await base.communities(projects: projects, minimumMembers: minimumMembers, slice: slice)
    }
    func community(id: Identifier) async throws -> CommunityView? { try await base.community(id: id) }
    func members(of community: CommunityNumber, slice: Slice) async throws -> Page<EntityView> {
        try await base.members(of: community, slice: slice)
    }
    func graph(of project: ProjectNumber, limit: Int) async throws -> GraphView { try await base.graph(of: project, limit: limit) }
    func schema(of project: ProjectNumber) async throws -> [SchemaView] { try await base.schema(of: project) }

    func accessKeys() async throws -> [AccessKeyRecord] { try await base.accessKeys() }
    func addAccessKey(_ key: AccessKeyRecord) async throws { try await base.addAccessKey(key) }
    func removeAccessKey(id: Identifier) async throws -> Bool { try await base.removeAccessKey(id: id) }
}
