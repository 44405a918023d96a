/// Queues by project in which one element at a time is under way, so that a project's memories arrive in their order.
struct LaneQueues<Element> {
    private var lanes: [String: Fifo<Element>] = [:]

    /// Puts an element at the end of its lane.
    /// - Returns: whether the lane was idle: the caller must then start to drain it with ``next(in:)``.
    mutating func push(_ element: Element, to lane: String) -> Bool {
        let wasIdle = lanes[lane] == nil
        lanes[lane, default: Fifo()].append(element)
        return wasIdle
    }

    /// The next element of a lane whose last one is done with; `nil` makes the lane idle.
    mutating func next(in lane: String) -> Element? {
        if let element = lanes[lane]?.popFirst() { return element }
        lanes[lane] = nil
        return nil
    }
}

extension LaneQueues: Sendable where Element: Sendable {}
