import DequeModule
package import Knowledge
package import Persistence

extension IngestionSupervisor {
    /// Cancels a task, durably, whatever it is doing.
    /// - Returns: the task, and whether this call ended it.
    /// - Throws: ``StoreError``: `notFound`.
    package func cancel(_ id: Identifier) async throws -> (task: TaskRecord, didCancel: Bool) {
        try await saveProgress(of: id)
        if let result = try await imports.cancel(id) { return result }
        let result = try await surroundings.store.cancel(id: id, at: surroundings.time.now())
        if result.didCancel { await didCancel(result.task) }
        for child in result.children { await didCancel(child) }
        return (result.task, result.didCancel)
    }

    /// Writes down what has been shown of a task, if it is running: its end is to show the same.
    func saveProgress(of task: Identifier) async throws {
        if let running = surroundings.hub.running(task) { try await surroundings.store.snapshot([ProgressSnapshot(running)]) }
    }

    func followImports() async {
        await imports.run { await self.didCancel($0) }
    }

    /// Takes note of a task that has been cancelled in the store: interrupts it, and shows its end.
    package func didCancel(_ cancelled: TaskRecord) async {
        let id = cancelled.id
        // The actor of an earlier round may not be gone yet: that is not the one that was cancelled.
        if let task = tasks[id], await task.wasCancelled(cancelled) { return }
        let lane = Lane(project: cancelled.project, priority: cancelled.priority)
        scheduler.ended(cancelled.number, in: lane)
        inbox.wake()
        if let index = claims[lane]?.firstIndex(where: { $0.task.id == id && $0.task.revision < cancelled.revision }) {
            claims[lane]?.remove(at: index)
            if claims[lane]?.isEmpty == true { claims[lane] = nil }
            scheduler.dropped(lane)
        } else {
            claimsUnderWay[lane]?[id] = cancelled.revision
        }
        surroundings.hub.publish(TaskUpdate(stored: cancelled, epoch: surroundings.store.epoch))
    }

    /// Lets go of a project that was deleted, and ends what was in hand of its tasks.
    package func forget(_ project: ProjectNumber) async {
        await imports.forget(project)
        for (lane, dropped) in claims where lane.project == project {
            claims[lane] = nil
            for claim in dropped {
                scheduler.dropped(lane)
                scheduler.ended(claim.task.number, in: lane)
            }
        }
        for task in tasks.values where task.lane.project == project { await task.projectWasDeleted() }
        inbox.wake()
        projects.remove(project)
    }
}
