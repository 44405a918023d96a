/// Lets entries through in the order of their turns, whatever order they arrive in. Turns start at 0 and each is used once.
struct Turnstile<Entry> {
    private enum Arrival {
        case entry(Entry)
        case passed
    }

    /// The turn that is let through next.
    private(set) var next = 0
    private var arrivals: [Int: Arrival] = [:]

    /// Whether nobody waits here.
    var isEmpty: Bool { arrivals.isEmpty }

    /// An entry is ready. Returns those that may go on now, in order.
    mutating func arrive(_ entry: Entry, turn: Int) -> [Entry] {
        guard turn >= next, arrivals[turn] == nil else { return [entry] }
        arrivals[turn] = .entry(entry)
        return advance()
    }

    /// The holder of this turn will never arrive, or has been through: harmless to say twice. Returns those that may go on now.
    mutating func pass(turn: Int) -> [Entry] {
        guard turn >= next, arrivals[turn] == nil else { return [] }
        arrivals[turn] = .passed
        return advance()
    }

    /// The holder of this turn, if it waits here, waits no longer; its turn is passed, also if it has not arrived yet: it is let through then, whatever
    /// the order.
    /// - Returns: who waited, and those that may go on now.
    mutating func withdraw(turn: Int) -> (withdrawn: Entry?, released: [Entry]) {
        guard case .entry(let entry) = arrivals[turn] else { return (nil, pass(turn: turn)) }
        arrivals[turn] = .passed
        return (entry, [])
    }

    /// Everybody who still waits, in order.
    mutating func removeAll() -> [Entry] {
        let entries = arrivals.sorted { $0.key < $1.key }.compactMap { if case .entry(let entry) = $0.value { entry } else { nil } }
        arrivals = [:]
        return entries
    }

    private mutating func advance() -> [Entry] {
        var released: [Entry] = []
        while let arrival = arrivals.removeValue(forKey: next) {
            next += 1
            if case .entry(let entry) = arrival { released.append(entry) }
        }
        return released
    }
}
