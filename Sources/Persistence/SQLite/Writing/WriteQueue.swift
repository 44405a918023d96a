import Dispatch
import Persistence
import Synchronization

/// What waits for the writer, in the order of the calls. As long as its callers wait, it is bounded by their number.
final class WriteQueue: Sendable {
    private struct State {
        var waiting: [Operation] = []
        /// The writer sleeps, or is about to.
        var isIdle = false
        /// Why nothing more is taken; what waits is still written.
        var refusal: StoreError?
    }

    private let state = Mutex(State())
    private let wakeUp = DispatchSemaphore(value: 0)

    /// Adds an operation at once, or refuses it.
    func add(_ operation: Operation) {
        let (refusal, wakes) = state.withLock { state -> (StoreError?, Bool) in
            if let refusal = state.refusal { return (refusal, false) }
            state.waiting.append(operation)
            defer { state.isIdle = false }
            return (nil, state.isIdle)
        }
        if wakes { wakeUp.signal() }
        if let refusal { operation.refuse(refusal) }
    }

    /// Takes nothing more from now on but, at once, a last operation; the first closing counts.
    func close(_ refusal: StoreError, last: Operation? = nil) {
        let wakes = state.withLock { state in
            guard state.refusal == nil else { return false }
            state.refusal = refusal
            if let last { state.waiting.append(last) }
            defer { state.isIdle = false }
            return state.isIdle
        }
        if wakes { wakeUp.signal() }
    }

    var refusal: StoreError? { state.withLock { $0.refusal } }

    /// Everything that waits, at most `limit`, the oldest first. Blocks until there is something; empty once the queue is closed and drained.
    func next(limit: Int) -> [Operation] {
        while true {
            let batch = state.withLock { state -> [Operation]? in
                if state.waiting.isEmpty {
                    if state.refusal != nil { return [] }
                    state.isIdle = true
                    return nil
                }
                var batch: [Operation] = []
                if state.waiting.count <= limit {
                    swap(&batch, &state.waiting)
                } else {
                    batch = Array(state.waiting.prefix(limit))
                    state.waiting.removeFirst(limit)
                }
                return batch
            }
            if let batch { return batch }
            wakeUp.wait()
        }
    }
}
