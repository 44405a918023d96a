import Dispatch

/// A thread of its own for work that computes for long, so that the cooperative pool stays free for actors.
package final class DedicatedExecutor: TaskExecutor {
    private let queue: DispatchQueue

    /// - Parameter name: what the thread's work is called in a debugger.
    package init(_ name: String) {
        queue = DispatchQueue(label: "engram.\(name)", qos: .utility)
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
