import Dispatch

/// A thread of its own for work that computes for long, so that the cooperative pool stays free for actors.
package final class ExtractionExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "engram.extraction", qos: .utility)

    package init() {}

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
