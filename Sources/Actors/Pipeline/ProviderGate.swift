import Knowledge
import Synchronization

/// The ``RateGate`` that all extractions of a process pass, with those that wait before it: they hold no worker, and their attempts don't count.
package final class ProviderGate: Sendable {
    private struct State {
        var gate = RateGate()
        var waiting: [(number: Int, continuation: CheckedContinuation<RateGate.Admission, any Error>)] = []
        var nextNumber = 0
        var onChange: @Sendable () -> Void = {}
    }

    private let state = Mutex(State())
    private let stopwatch: Stopwatch
    private let clock: any Clock<Duration>

    package init(clock: any Clock<Duration> = ContinuousClock()) {
        self.clock = clock
        stopwatch = Stopwatch(clock)
    }

    /// Whether somebody who came now would be let through.
    var isAdmitting: Bool { state.withLock { $0.gate.isAdmitting(at: stopwatch.elapsed()) } }

    /// - Parameter report: called whenever ``isAdmitting`` may have changed.
    func onChange(_ report: @escaping @Sendable () -> Void) {
        state.withLock { $0.onChange = report }
    }

    /// Leave to make a request now; `nil`: it has to be waited for.
    func admit() -> RateGate.Admission? {
        let (admission, report) = state.withLock { state -> (RateGate.Admission?, (@Sendable () -> Void)?) in
            let admission = state.gate.admit(at: stopwatch.elapsed())
            return (admission, admission?.isProbe == true ? state.onChange : nil)
        }
        report?()
        return admission
    }

    /// Waits for leave to make a request; first come, first served.
    /// - Throws: `CancellationError` when the calling task is cancelled before.
    func wait() async throws -> RateGate.Admission {
        let number = state.withLock { state in
            state.nextNumber += 1
            return state.nextNumber
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isCancelled = state.withLock { state in
                    if Task.isCancelled { return true }
                    state.waiting.append((number, continuation))
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) } else { letThrough() }
            }
        } onCancel: {
            let waiting = state.withLock { state -> CheckedContinuation<RateGate.Admission, any Error>? in
                guard let index = state.waiting.firstIndex(where: { $0.number == number }) else { return nil }
                return state.waiting.remove(at: index).continuation
            }
            waiting?.resume(throwing: CancellationError())
        }
    }

    /// A request was refused: nobody is let through for so long.
    func limited(_ admission: RateGate.Admission, for pause: Duration) {
        let moment = stopwatch.elapsed() + pause
        state.withLock { $0.gate.limited(admission, until: moment) }
        letThrough()
        Task { [clock, stopwatch] in
            while case let rest = moment - stopwatch.elapsed(), rest > .zero {
                try? await clock.sleep(for: rest)  // Never cancelled: nobody holds this task.
            }
            letThrough()
        }
    }

    /// A request was answered, in whatever way but by a rate limit.
    func answered(_ admission: RateGate.Admission) {
        guard admission.isProbe else { return }
        state.withLock { $0.gate.answered(admission) }
        letThrough()
    }

    /// A request was given up without an answer, or never made.
    func withdrawn(_ admission: RateGate.Admission) {
        guard admission.isProbe else { return }
        state.withLock { $0.gate.withdrawn(admission, at: stopwatch.elapsed()) }
        letThrough()
    }

    private func letThrough() {
        let (admitted, report) = state.withLock { state in
            var admitted: [(RateGate.Admission, CheckedContinuation<RateGate.Admission, any Error>)] = []
            while !state.waiting.isEmpty, let admission = state.gate.admit(at: stopwatch.elapsed()) {
                admitted.append((admission, state.waiting.removeFirst().continuation))
            }
            return (admitted, state.onChange)
        }
        for (admission, continuation) in admitted { continuation.resume(returning: admission) }
        report()
    }
}
