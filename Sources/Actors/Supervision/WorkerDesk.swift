package import Persistence

/// Where a task in hand gives its worker back, and asks for one again: whoever only waits doesn't keep one.
package protocol WorkerDesk: Sendable {
    /// The task needs its worker no longer, or not for now.
    func leave(_ task: TaskActor) async
    /// The task, which has no worker any more, waits for something.
    func waits(_ task: TaskActor) async
    /// Returns when the task has a worker again.
    /// - Throws: `CancellationError` when the calling task is cancelled before.
    func regain(_ task: TaskActor) async throws
    /// The task has left its worker behind with work that does not heed its cancellation; it is used until ``strayReturned(_:)``.
    func leaveStray(_ task: TaskActor) async
    /// Work that was left behind in a lane is over.
    func strayReturned(_ lane: Lane) async
}
