/// Streams in the order in which they came, as good as: to leave is O(1), and the last takes the place. In memory those that came together lie together.
struct StreamSet {
    private(set) var streams: [TaskStream] = []

    var isEmpty: Bool { streams.isEmpty }

    mutating func add(_ stream: TaskStream) {
        stream.place = streams.count
        streams.append(stream)
    }

    /// Does nothing for one that is not in this set.
    mutating func remove(_ stream: TaskStream) {
        let place = stream.place
        guard place < streams.count, streams[place] === stream else { return }
        let last = streams.removeLast()
        guard last !== stream else { return }
        streams[place] = last
        last.place = place
    }

    mutating func takeAll() -> [TaskStream] {
        defer { streams = [] }
        return streams
    }
}
