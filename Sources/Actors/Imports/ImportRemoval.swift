import Knowledge
import Persistence

/// Removes what an import brought: the memories that it made, with what only they put into the graph, unless somebody has given them another version
/// since. Memories that it only gave a new version stay. Doing it twice comes to the same.
struct ImportRemoval: Chore {
    /// How many memories one transaction removes.
    private static let batch = 100

    let store: any Store
    let imports: ImportTracker

    func run(_ run: ChoreRun) async throws -> ChoreEnd {
        guard let parent = run.task.parent, let id = run.task.parentID, try await store.importRecord(of: id) != nil else {
            throw ExtractionError("The import is forgotten, and with it what it brought: nothing was removed.", .permanent)
        }
        await run.report(Stage(name: "remove", progress: 1, message: "Looking for what the import brought..."))
        // What was deleted before a restart or a retry counts too; what was kept is found again.
        var removed = try await store.removedMemories(by: run.task.number)
        let total = removed + (try await count(of: parent))
        var kept = 0
        var last = MemoryNumber(0)
        while true {
            try Task.checkCancellation()
            let page = try await store.importedMemories(of: parent, after: last, limit: Self.batch)
            guard let end = page.last else { break }
            do {
                for (version, due) in Dictionary(grouping: page.filter(\.isUntouched), by: \.version).sorted(by: { $0.key < $1.key }) {
                    let outcome = try await run.graph.remove(due.map(\.number), expectedVersion: version, by: run.task.number)
                    removed += outcome.removed
                    for task in outcome.cancelled { await imports.didCancel(task) }
                }
            } catch let error as StoreError where error.code == .staleVersion {
                // Somebody was faster with a new version: that one stays, and the page is looked at again.
                continue
            }
            kept += page.count { !$0.isUntouched }
            last = end.number
            await run.report(
                Stage(
                    name: "remove", progress: min(99, 1 + 98 * (removed + kept) / max(1, total)),
                    message: "\(removed.grouped) of \(total.grouped) memories removed"))
        }
        let noun = removed == 1 ? "memory" : "memories"
        return .done(
            ChoreOutcome(
                message: "\(removed.grouped) \(noun) removed", result: ["memories_removed": JSON(removed), "memories_kept": JSON(kept)]))
    }

    private func count(of parent: TaskNumber) async throws -> Int {
        var count = 0
        var last = MemoryNumber(0)
        while case let page = try await store.importedMemories(of: parent, after: last, limit: 1000), let end = page.last {
            count += page.count
            last = end.number
        }
        return count
    }
}
