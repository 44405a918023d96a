/// Whether a provider takes requests: a pure machine. A rate limit closes it for everybody; when that is over one request is let through, and whether
/// that is answered decides about the others. Times are counted from any moment that does not change.
struct RateGate: Sendable {
    /// Leave to make one request, to be given back with what came of it.
    struct Admission: Sendable, Equatable {
        /// Whether the others wait for the answer.
        let isProbe: Bool
        fileprivate let closings: Int
    }

    private enum Phase {
        case open
        case closed(until: Duration)
        case probing
    }

    private var phase = Phase.open
    /// How often it has been closed.
    private var closings = 0

    /// Whether ``admit(at:)`` would let somebody through.
    func isAdmitting(at now: Duration) -> Bool {
        switch phase {
        case .open: true
        case .closed(let until): until <= now
        case .probing: false
        }
    }

    /// Leave to make a request, if there is one.
    mutating func admit(at now: Duration) -> Admission? {
        switch phase {
        case .open:
            return Admission(isProbe: false, closings: closings)
        case .closed(let until) where until <= now:
            phase = .probing
            return Admission(isProbe: true, closings: closings)
        case .closed, .probing:
            return nil
        }
    }

    /// A request was refused: nobody is let through until then.
    mutating func limited(_ admission: Admission, until moment: Duration) {
        // What was sent before the gate was closed knows nothing new, but may have been told to wait for longer.
        if case .closed(let until) = phase, until >= moment { return }
        phase = .closed(until: moment)
        closings += 1
    }

    /// A request was answered, in whatever way but by a rate limit.
    mutating func answered(_ admission: Admission) {
        if isProbe(admission) { phase = .open }
    }

    /// A request was given up without an answer, or never made: somebody else may try.
    mutating func withdrawn(_ admission: Admission, at now: Duration) {
        if isProbe(admission) { phase = .closed(until: now) }
    }

    private func isProbe(_ admission: Admission) -> Bool {
        guard case .probing = phase else { return false }
        return admission.isProbe && admission.closings == closings
    }
}
