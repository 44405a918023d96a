import Knowledge

/// Where a waiting task stands in its lane.
struct Seat: Hashable, Comparable, Sendable {
    let place: TaskNumber
    let task: TaskNumber

    static func < (left: Seat, right: Seat) -> Bool { left.place < right.place }
}

extension TaskRecord {
    var seat: Seat { Seat(place: place, task: number) }
}

/// The waiting tasks of one lane in ascending order of place. Joining at the end and leaving from the front cost O(1);
/// leaving from the middle is noted, and done when the front gets there.
struct WaitingLine: Sendable {
    /// Ascending; what stands before `head` has left.
    private var arrivals: [Seat] = []
    private var head = 0
    /// Descending; those that were given back, so that inserting one does not move a million others.
    private var returned: [Seat] = []
    /// Members of the two lists above that are not in the line any more; never the first of it.
    private var withdrawn: Set<Seat> = []

    var count: Int { arrivals.count - head + returned.count - withdrawn.count }

    /// The next to be claimed.
    var first: Seat? {
        guard let back = returned.last else { return nextArrival }
        return nextArrival.map { min($0, back) } ?? back
    }

    /// How many are before a task that is in the line. O(log waiting + given back + left from the middle).
    func count(before task: Seat) -> Int {
        var (low, high) = (head, arrivals.count)
        while low < high {
            let middle = (low + high) / 2
            if arrivals[middle] < task { low = middle + 1 } else { high = middle }
        }
        return low - head + returned.count { $0 < task } - withdrawn.count { $0 < task }
    }

    private var nextArrival: Seat? { head < arrivals.count ? arrivals[head] : nil }

    /// Adds a task with a higher place than any before it.
    mutating func append(_ task: Seat) {
        arrivals.append(task)
    }

    /// Puts a task that left back in its place. O(tasks given back).
    mutating func insert(_ task: Seat) {
        if withdrawn.remove(task) != nil { return }
        let place = returned.firstIndex { $0 < task } ?? returned.endIndex
        returned.insert(task, at: place)
    }

    /// Removes a task that is in the line.
    mutating func remove(_ task: Seat) {
        guard task == first else {
            withdrawn.insert(task)
            return
        }
        removeFirst()
        while let first, withdrawn.remove(first) != nil { removeFirst() }
    }

    private mutating func removeFirst() {
        if let back = returned.last, back == first {
            returned.removeLast()
            return
        }
        head += 1
        if head > 1024, head * 2 > arrivals.count {
            arrivals.removeFirst(head)
            head = 0
        }
    }
}
