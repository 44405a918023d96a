package import Knowledge
package import Persistence
import Synchronization

/// Detects the communities of a whole project anew, beside its ingestion: on a snapshot, on a thread of its own, applied under the graph-version check.
package struct CommunityRebuild: Chore {
    /// How often the graph may move on in the midst of it before ingestion of the project has to wait for it.
    private static let patience = 3

    private let store: any Store
    private let executor: DedicatedExecutor
    private let leiden: Leiden
    private let time: TimeSource

    package init(store: any Store, executor: DedicatedExecutor, leiden: Leiden = Leiden(), time: TimeSource = .system) {
        self.store = store
        self.executor = executor
        self.leiden = leiden
        self.time = time
    }

    package func run(_ run: ChoreRun) async throws -> ChoreEnd {
        let mark = Mark()
        return try await withTaskCancellationHandler {
            await run.report(.removingCommunities)
            for _ in 0..<Self.patience {
                let found = try await detect(for: run, mark)
                do {
                    return try await run.graph.alone { try await apply(found, for: run) }
                } catch let error as StoreError where error.code == .staleGraph {
                    continue
                }
            }
            return try await run.graph.alone { try await apply(try await detect(for: run, mark), for: run) }
        } onCancel: {
            mark.isSet.store(true, ordering: .relaxed)
        }
    }

    /// Says to work that can't suspend, or runs in another task, that nobody wants it any more.
    private final class Mark: Sendable {
        let isSet = Atomic(false)
    }

    private func detect(for run: ChoreRun, _ mark: Mark) async throws -> Regrouping {
        let snapshot = try await store.edges(of: run.task.project)
        await run.report(.detectingCommunities)
        let found = await withTaskExecutorPreference(executor) {
            await Self.regroup(snapshot, by: leiden, at: time.now(), numbering: store.numbering) { mark.isSet.load(ordering: .relaxed) }
        }
        guard let found else { throw CancellationError() }
        await run.report(.foundCommunities(found.communityCount))
        return found
    }

    /// Off every actor, so that it runs where the task prefers to.
    private nonisolated static func regroup(
        _ snapshot: EdgeSnapshot, by leiden: Leiden, at now: Timestamp, numbering: GraphNumbering, isCancelled: () -> Bool
    ) async -> Regrouping? {
        Regrouping(of: snapshot, by: leiden, at: now, numbering: numbering, isCancelled: isCancelled)
    }

    /// Stores communities and the end of the task together: a cancel that comes first leaves nothing of it.
    private func apply(_ found: Regrouping, for run: ChoreRun) async throws -> ChoreEnd {
        await run.report(.savingCommunities)
        await run.report(.countingMembers)
        let outcome = ChoreOutcome(
            message: "Community rebuild completed",
            result: [
                "communities_count": JSON(found.communityCount), "edges_count": JSON(found.edgeCount),
                "modularity": JSON(rounded: found.modularity, decimals: 4)
            ])
        guard let end = await run.ending(outcome) else { throw CancellationError() }
        try await store.regroup(found, in: run.task.project, ending: end.guarding, as: end.ending)
        return .stored(end.ending)
    }
}

/// The stages of `rebuild_communities`.
extension Stage {
    static let removingCommunities = Stage(name: "remove_communities", progress: 10, message: "Removing existing communities...")
    static let detectingCommunities = Stage(name: "detect_communities", progress: 30, message: "Detecting communities...")

    static func foundCommunities(_ count: Int) -> Stage {
        Stage(name: "communities_found", progress: 50, message: "Found \(count) communities...")
    }

    static let savingCommunities = Stage(name: "save_communities", progress: 75, message: "Saving community relationships...")
    static let countingMembers = Stage(name: "count_members", progress: 90, message: "Calculating member counts...")
}
