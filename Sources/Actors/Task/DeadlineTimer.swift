import Synchronization

/// One timer for the deadlines of many: it sleeps until the earliest of them. Most deadlines are far away and are called off long before they come;
/// then they have cost no timer of their own.
///
/// Setting and calling off are O(1), a deadline that comes is O(those that are set).
package final class DeadlineTimer: Sendable {
    /// A deadline that was set.
    struct Ticket: Hashable, Sendable {
        fileprivate let number: UInt64
    }

    private struct Deadline {
        var due: Duration
        var alarm: @Sendable () -> Void
    }

    private struct State {
        var deadlines: [Ticket: Deadline] = [:]
        var nextNumber: UInt64 = 0
        /// When the sleeper wakes; `nil` when there is none.
        var wakesAt: Duration?
        var sleeper: Task<Void, Never>?
        /// Which sleeper that is: one that was replaced has nothing to say.
        var generation: UInt64 = 0
    }

    private let state = Mutex(State())
    private let clock: any Clock<Duration>
    private let stopwatch: Stopwatch

    package init(clock: any Clock<Duration> = ContinuousClock()) {
        self.clock = clock
        stopwatch = Stopwatch(clock)
    }

    deinit {
        state.withLock { $0.sleeper?.cancel() }
    }

    /// The time on its clock, counted from its making.
    var now: Duration { stopwatch.elapsed() }

    /// Calls `alarm`, which must not wait, once this moment has come; at once if it is over.
    func set(at due: Duration, alarm: @escaping @Sendable () -> Void) -> Ticket {
        state.withLock { state in
            state.nextNumber += 1
            let ticket = Ticket(number: state.nextNumber)
            state.deadlines[ticket] = Deadline(due: due, alarm: alarm)
            if state.wakesAt.map({ due < $0 }) ?? true {
                state.sleeper?.cancel()
                state.generation += 1
                state.wakesAt = due
                state.sleeper = makeSleeper(generation: state.generation, until: due)
            }
            return ticket
        }
    }

    /// Harmless when the deadline has come, or was called off.
    func callOff(_ ticket: Ticket) {
        state.withLock { $0.deadlines[ticket] = nil }
    }

    private func makeSleeper(generation: UInt64, until due: Duration) -> Task<Void, Never> {
        let rest = due - now
        return Task { [weak self, clock] in
            var next: Duration? = rest
            while let rest = next, (try? await clock.sleep(for: max(.zero, rest))) != nil {  // Cancelled: another sleeps in its place.
                next = self?.ring(generation: generation)
            }
        }
    }

    /// Returns how long to sleep until the next deadline; `nil` when there is none, or another sleeper sees to it.
    private func ring(generation: UInt64) -> Duration? {
        let now = now
        let (alarms, rest) = state.withLock { state -> ([@Sendable () -> Void], Duration?) in
            guard state.generation == generation else { return ([], nil) }
            let due = state.deadlines.filter { $0.value.due <= now }
            for ticket in due.keys { state.deadlines[ticket] = nil }
            state.wakesAt = state.deadlines.values.map(\.due).min()
            if state.wakesAt == nil { state.sleeper = nil }
            return (due.values.map(\.alarm), state.wakesAt.map { $0 - now })
        }
        for alarm in alarms { alarm() }
        return rest
    }
}
