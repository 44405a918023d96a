package import Persistence

/// How long the stages of tasks have taken, and how long it was from each to the end: a sketch for each type, stage and size of input.
package struct StageStatistics: Sendable {
    /// What a sketch tells.
    package enum Measure: Int, Sendable, CaseIterable {
        /// How long the stage lasts.
        case duration = 0
        /// How long it is from the stage's beginning to the end of a task that succeeds.
        case remainder = 1
    }

    package struct Key: Hashable, Sendable {
        package var type: TaskType
        package var stage: String
        package var measure: Measure
        package var size: SizeClass

        package init(type: TaskType, stage: String, measure: Measure, size: SizeClass) {
            self.type = type
            self.stage = stage
            self.measure = measure
            self.size = size
        }
    }

    /// With fewer values than this, a sketch is asked only where no other knows better.
    package static let sufficiency: Float = 8
    /// Beyond this many sketches new stages are not measured: nobody has that many.
    package static let limit = 4096

    private var sketches: [Key: DurationSketch] = [:]
    /// What has changed since ``takeChanged()``.
    private var changed: Set<Key> = []

    package init() {}

    package subscript(key: Key) -> DurationSketch? { sketches[key] }

    /// Takes over what was stored; what has been measured meanwhile is added to it.
    package mutating func load(_ sketch: DurationSketch, for key: Key) {
        sketches[key, default: DurationSketch()].merge(sketch)
    }

    package mutating func record(_ seconds: Double, _ measure: Measure, of stage: String, type: TaskType, size: SizeClass) {
        for size in size == .any ? [.any] : [size, .any] {
            let key = Key(type: type, stage: stage, measure: measure, size: size)
            guard sketches.count < Self.limit || sketches[key] != nil else { continue }
            sketches[key, default: DurationSketch()].add(seconds)
            changed.insert(key)
        }
    }

    /// What has changed since the last call.
    package mutating func takeChanged() -> [(key: Key, sketch: DurationSketch)] {
        defer { changed = [] }
        return changed.compactMap { key in sketches[key].map { (key, $0) } }
    }

    /// Says that these could not be kept, and have changed as ever.
    package mutating func didNotKeep(_ keys: some Sequence<Key>) {
        changed.formUnion(keys)
    }

    /// The sketch that knows best: that of the size, of its neighbours the one that has seen more, of those a step further, of all sizes.
    package func best(_ measure: Measure, of stage: String, type: TaskType, size: SizeClass) -> DurationSketch? {
        var key = Key(type: type, stage: stage, measure: measure, size: size)
        if size != .any {
            if let own = sketches[key], own.count >= Self.sufficiency { return own }
            for distance in 1...2 {
                var best: DurationSketch?
                for neighbour in [size.advanced(by: -distance), size.advanced(by: distance)] {
                    guard let neighbour else { continue }
                    key.size = neighbour
                    if let sketch = sketches[key], sketch.count >= Self.sufficiency, sketch.count > best?.count ?? 0 { best = sketch }
                }
                if let best { return best }
            }
        }
        key.size = .any
        return sketches[key]
    }

    /// How much longer, in the median, when `elapsed` seconds have passed already; `nil` when nobody knows.
    package func rest(
        _ measure: Measure, of stage: String, type: TaskType, size: SizeClass, elapsed: Double, share: Double = 0.5
    ) -> Double? {
        guard let sketch = best(measure, of: stage, type: type, size: size), !sketch.isEmpty else { return nil }
        if let total = sketch.quantile(share, above: elapsed) { return max(0, total - elapsed) }
        // It takes longer than ever. The longer it has taken, the longer it may yet.
        return elapsed * Self.overtime
    }

    /// What share of the time that has passed a stage is given that has lasted longer than any before.
    private static let overtime = 0.1
}
