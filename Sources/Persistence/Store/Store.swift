package import Knowledge

/// Where everything is kept. Every method that changes something returns after the change is durable, or throws a
/// ``StoreError`` and has changed nothing. Writes are applied one after the other, in the order in which they were asked
/// for; a reader sees all of a write or nothing. Cancelling a caller does not cancel its write.
///
/// Texts (names, keys, tags, types) are equal when their bytes are; no Unicode normalisation. Ids that a caller supplies are new:
/// one that is taken is refused with `unavailable`. What names a project, memory or entity that does not exist is answered
/// with nothing, unless `notFound` is documented. A slice past the end of a list is empty and still tells the total.
package protocol Store:
    ProjectStore, MemoryStore, VersionStore, TaskStore, RetryStore, ImportStore, DeletionStore, RetentionStore, CheckpointStore,
    StatisticsStore,
    GraphStore, CommunityStore, AccessKeyStore
{
    /// The boot of this store, from 1; grows durably with every opening. Writes of an older boot are refused with `closed`.
    var epoch: Int64 { get }
    /// Numbers and identifiers for new things of the graph; numbers never repeat within the store, even if what they were given to is never stored.
    var numbering: GraphNumbering { get }
    /// Writes and reads a little. Throws when the store can't do either.
    func check() async throws
    /// Finishes what is queued and closes; later calls throw `closed`. Idempotent.
    func close() async
}

package protocol ProjectStore: Sendable {
    func createProject(id: Identifier, name: String, description: String?, at: Timestamp) async throws -> ProjectRecord
    func project(id: Identifier) async throws -> ProjectRecord?
    /// The oldest project that has this name now, made with `id` if there is none.
    func project(named name: String, orCreateWith id: Identifier, at: Timestamp) async throws -> ProjectRecord
    func defaultProject() async throws -> ProjectRecord
    /// In the order of their making. `among` `nil` is all; ids that name no project are passed over.
    func projects(among: [Identifier]?, slice: Slice) async throws -> Page<ProjectRecord>
    /// - Throws: `notFound`.
    func updateProject(id: Identifier, name: String, description: String?, at: Timestamp) async throws -> ProjectRecord
    /// Removes the project with all it holds, its tasks too: gone at once for everybody who asks, though the rows may go later, with
    /// ``DeletionStore/purge(limit:)``.
    /// - Parameter evenIfBusy: what is being processed goes too; whoever holds such a task has lost its race.
    /// - Throws: `notFound`, `projectIsDefault`, and, unless `evenIfBusy`, `projectIsBusy` when it has tasks in `processing`.
    func deleteProject(id: Identifier, evenIfBusy: Bool, at: Timestamp) async throws
}

extension ProjectStore {
    /// Removes a project in which nothing runs.
    package func deleteProject(id: Identifier) async throws {
        try await deleteProject(id: id, evenIfBusy: false, at: Timestamp(microseconds: 0))
    }
}

package protocol MemoryStore: Sendable {
    /// Keeps a memory (version 1) and its task (`pending`, last in its lane). The idempotency key is looked at first, then the external
    /// id: a memory that is known by it becomes all that the submission says when that has other content (a new version, as ``VersionStore/revise(_:)``
    /// makes it), and stays as it is otherwise. A key is kept only with a memory that is created or revised.
    /// - Throws: `notFound` (no such project), `idempotencyMismatch`, `full`.
    func accept(_ submission: Submission) async throws -> Acceptance
    func memory(id: Identifier) async throws -> MemoryRecord?
    func memories(_ query: MemoryQuery, slice: Slice) async throws -> Page<MemoryRecord>
    /// The entities that a memory names, in the order of its delta's ``GraphDelta/mentions``; names and types as they are now.
    func mentions(in memory: MemoryNumber) async throws -> [MentionView]
    /// Forgets idempotency keys that were first used before `moment`, the oldest `limit` of them at most. Returns how many.
    func pruneIdempotencyKeys(before moment: Timestamp, limit: Int) async throws -> Int
}

package protocol TaskStore: Sendable {
    /// Keeps a task without a memory: `pending`, last in its lane. Returns it.
    /// - Throws: `notFound` (no such project), `unavailable` when the id is taken, `full`.
    func submit(_ submission: TaskSubmission) async throws -> TaskRecord
    func task(id: Identifier) async throws -> TaskRecord?
    func tasks(_ query: TaskQuery, slice: Slice) async throws -> [TaskRecord]
    /// Counts the tasks accepted in the minute of `moment` or later, those that were pruned since too; waiting and running ones are counted whatever their
    /// age. `moment` is at most a day before the newest task, `now` at most some minutes before the newest completion. O(lanes).
    func statistics(since moment: Timestamp, now: Timestamp, projects: [ProjectNumber]?) async throws -> TaskStatistics
    /// Every lane that has waiting tasks, in ascending order of project and priority.
    func backlog() async throws -> [LaneBacklog]

    /// Turns the tasks that an earlier boot left in `processing` into `pending` ones that are ``TaskRecord/isResumed``, or
    /// into failed ones (with an error) when that has happened to them `interruptionLimit` times since a client last retried them. Attempts and
    /// timeline stay; stage, progress and message are those of ``release(_:)``. To be called once, before the first claim.
    func recover(interruptionLimit: Int, at: Timestamp) async throws -> Recovery
    /// Takes the first waiting tasks of a lane, at most `limit`, in order of ``TaskRecord/place``: `processing`, attempt + 1, revision + 1, started `at`.
    /// Stage, progress, message and timeline stay as last written, and so does ``TaskRecord/isResumed``: the attempt can say that it goes on.
    /// One whose import was cancelled is cancelled instead, and one whose memory can't be read fails; both count as taken: they are among those returned,
    /// as they are then.
    func claim(_ lane: Lane, limit: Int, at: Timestamp) async throws -> [Claim]
    /// Counts another attempt of a task that this process holds: attempt + 1, revision + 1, started `at`, no longer
    /// ``TaskRecord/isResumed``. Returns its new state.
    /// - Throws: `lostRace`.
    func claimAgain(_ guarding: TaskGuard, at: Timestamp) async throws -> TaskRecord
    /// Gives tasks back that this process holds and has not finished: `pending`, attempt − 1, revision + 1, ``TaskRecord/isResumed``;
    /// they wait where they did before, back at stage `pending`, 0 %, "Resumed after restart". Those that have moved on are left alone.
    func release(_ tasks: [TaskGuard]) async throws
    /// Writes where running tasks stand; revisions stay. Those that have moved on are left alone.
    func snapshot(_ snapshots: [ProgressSnapshot]) async throws
    /// Ends a task without touching the graph: revision + 1, ``TaskRecord/endedEpoch`` is this boot's.
    /// - Throws: `lostRace`, also when ``TaskStatus/transitions`` does not allow the step or the task is gone.
    func end(_ guarding: TaskGuard, _ ending: TaskEnding) async throws -> TaskRecord
    /// Ends a task as cancelled, whatever it was doing. Its stage, progress and timeline stay as last written; the message is `Cancelled`.
    /// - Throws: `notFound`.
    func cancel(id: Identifier, at: Timestamp) async throws -> Cancellation
    /// Enqueues at once, without suspending.
    func commit(_ commit: EpisodeCommit) -> PendingCommit
}

package protocol GraphStore: Sendable {
    /// - Throws: `notFound`.
    func graphHeader(of project: ProjectNumber) async throws -> GraphHeader
    /// A project that is gone answers as one whose graph is empty.
    func graphFacts(of project: ProjectNumber, for needs: GraphNeeds) async throws -> GraphFacts

    func entities(_ query: EntityQuery, slice: Slice) async throws -> Page<EntityView>
    func entity(id: Identifier) async throws -> EntityView?
    /// How many entities each type has, the most frequent first, then by name (byte order).
    func entityTypes(projects: [ProjectNumber]?) async throws -> [(type: String, count: Int)]
    /// The memories that name an entity, newest first.
    func memories(naming entity: EntityNumber, limit: Int) async throws -> [MemoryReference]
    /// The edges of an entity (of one type, unless that is `nil`), the heaviest first, then the older; an edge to itself is outgoing.
    func relationships(of entity: EntityNumber, type: String?, limit: Int) async throws -> Page<RelationshipView>
    /// Communities with at least `minimumMembers`, the largest first, then the older.
    func communities(projects: [ProjectNumber]?, minimumMembers: Int, slice: Slice) async throws -> Page<CommunityView>
    func community(id: Identifier) async throws -> CommunityView?
    /// The most mentioned first, then the older.
    func members(of community: CommunityNumber, slice: Slice) async throws -> Page<EntityView>
    /// At most `limit` entities, and as many memories. Relationships in the order of their making, mentions in the order of the memories
    /// and then of their deltas, communities the largest first, then the older.
    func graph(of project: ProjectNumber, limit: Int) async throws -> GraphView
    /// In the order in which they were added.
    func schema(of project: ProjectNumber) async throws -> [SchemaView]
}

package protocol AccessKeyStore: Sendable {
    /// In the order of their making.
    func accessKeys() async throws -> [AccessKeyRecord]
    func addAccessKey(_ key: AccessKeyRecord) async throws
    /// Returns whether there was one.
    func removeAccessKey(id: Identifier) async throws -> Bool
}
