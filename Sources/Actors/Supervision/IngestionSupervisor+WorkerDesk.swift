import Logging
package import Persistence

extension IngestionSupervisor: WorkerDesk {
    package func leave(_ task: TaskActor) {
        scheduler.leftWorker(task.lane)
        inbox.wake()
        if isStopping { Task { await stopWaitingIfNobodyWorks() } }
    }

    package func waits(_ task: TaskActor) {
        if isStopping { Task { await stopWaitingIfNobodyWorks() } }
    }

    package func regain(_ task: TaskActor) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                returning.add(continuation, of: task.lane, turn: task.turn)
                scheduler.resumed(task.lane)
                inbox.wake()
            }
        } onCancel: {
            Task { await self.withdraw(task) }
        }
    }

    private func withdraw(_ task: TaskActor) {
        guard let waiting = returning.remove(of: task.lane, turn: task.turn) else { return }
        scheduler.withdrew(task.lane)
        waiting.resume(throwing: CancellationError())
    }

    package func leaveStray(_ task: TaskActor) {
        strays += 1
        surroundings.logger.error(
            "an extractor ignores its cancellation; its worker is used until it returns",
            metadata: ["task": "\(task.id)", "project": "\(task.lane.project)", "workers": "\(strays)"])
    }

    package func strayReturned(_ lane: Lane) {
        strays -= 1
        scheduler.leftWorker(lane)
        inbox.wake()
    }
}
