import HeapModule

/// What is to happen, by the virtual moment; what was planned first comes first.
struct EventQueue<Event> {
    private struct Entry: Comparable {
        let at: Int
        let order: Int
        let event: Event

        static func < (left: Entry, right: Entry) -> Bool { (left.at, left.order) < (right.at, right.order) }
        static func == (left: Entry, right: Entry) -> Bool { left.order == right.order }
    }

    private var heap = Heap<Entry>()
    private var planned = 0
    private(set) var now = 0

    mutating func plan(_ event: Event, at moment: Int) {
        planned += 1
        heap.insert(Entry(at: max(now, moment), order: planned, event: event))
    }

    mutating func next() -> Event? {
        guard let entry = heap.popMin() else { return nil }
        now = entry.at
        return entry.event
    }
}
