import Synchronization

/// Permits that are waited for in order, by tasks that may be cancelled.
final class Semaphore: Sendable {
    private struct Waiter {
        let id: Int
        let permits: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var permits: Int
        var waiters: [Waiter] = []
        var nextID = 0
        /// Waits that were cancelled before they began.
        var cancelled: Set<Int> = []
    }

    private let state: Mutex<State>

    init(_ permits: Int) {
        state = Mutex(State(permits: permits))
    }

    /// Takes permits as soon as there are enough and nobody waits in front.
    /// - Throws: `CancellationError`; then none are taken.
    func acquire(_ permits: Int = 1) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let isGranted = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return false }
                    if state.waiters.isEmpty, state.permits >= permits {
                        state.permits -= permits
                        return true
                    }
                    state.waiters.append(Waiter(id: id, permits: permits, continuation: continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter: Waiter? = state.withLock { state in
                guard let index = state.waiters.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.waiters.remove(at: index)
            }
            waiter?.continuation.resume(returning: false)
            release(0)  // The one behind may need less than the one that left.
        }
        guard isGranted else { throw CancellationError() }
    }

    func release(_ permits: Int = 1) {
        let granted = state.withLock { state in
            state.permits += permits
            var granted: [Waiter] = []
            while let first = state.waiters.first, state.permits >= first.permits {
                state.permits -= first.permits
                granted.append(state.waiters.removeFirst())
            }
            return granted
        }
        for waiter in granted { waiter.continuation.resume(returning: true) }
    }
}
