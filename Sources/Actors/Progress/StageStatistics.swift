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
    /// Beyond this many stages new ones are not measured: nobody has that many.
    package static let limit = 128

    private struct Stage: Hashable {
        var type: TaskType
        var name: String
    }

    /// The sketches of one stage, each at its ``place(_:_:)``.
    private struct Shelf {
        struct Entry {
            var sketch = DurationSketch()
            /// Since ``StageStatistics/takeChanged()``.
            var hasChanged = false
        }

        private static let sizes: [SizeClass] = [.any] + SizeClass.bounds.compactMap(SizeClass.init(rawValue:))
        private(set) var entries = Array(repeating: Entry(), count: Measure.allCases.count * sizes.count)

        subscript(measure: Measure, size: SizeClass) -> Entry {
            get { entries[Self.place(measure, size)] }
            _modify { yield &entries[Self.place(measure, size)] }
        }

        /// Adds to the sketch of the size, and to that of all sizes.
        mutating func record(_ seconds: Double, _ measure: Measure, _ size: SizeClass) {
            for size in size == .any ? [.any] : [size, .any] {
                self[measure, size].sketch.add(seconds)
                self[measure, size].hasChanged = true
            }
        }

        /// All that have changed, which have not from now on.
        mutating func takeChanged() -> [(measure: Measure, size: SizeClass, sketch: DurationSketch)] {
            Measure.allCases.flatMap { measure in
                Self.sizes.compactMap { size in
                    let place = Self.place(measure, size)
                    guard entries[place].hasChanged else { return nil }
                    entries[place].hasChanged = false
                    return (measure, size, entries[place].sketch)
                }
            }
        }

        private static func place(_ measure: Measure, _ size: SizeClass) -> Int {
            measure.rawValue * sizes.count + (size == .any ? 0 : 1 + size.rawValue - SizeClass.bounds.lowerBound)
        }
    }

    private var shelves: [Stage: Shelf] = [:]

    package init() {}

    /// `nil` when nothing of this kind was measured.
    package subscript(key: Key) -> DurationSketch? {
        guard let shelf = shelves[Stage(type: key.type, name: key.stage)] else { return nil }
        let sketch = shelf[key.measure, key.size].sketch
        return sketch.isEmpty ? nil : sketch
    }

    /// Takes over what was stored; what has been measured meanwhile is added to it.
    package mutating func load(_ sketch: DurationSketch, for key: Key) {
        shelves[Stage(type: key.type, name: key.stage), default: Shelf()][key.measure, key.size].sketch.merge(sketch)
    }

    package mutating func record(_ seconds: Double, _ measure: Measure, of stage: String, type: TaskType, size: SizeClass) {
        let stage = Stage(type: type, name: stage)
        guard shelves.count < Self.limit || shelves[stage] != nil else { return }
        shelves[stage, default: Shelf()].record(seconds, measure, size)
    }

    /// What has changed since the last call.
    package mutating func takeChanged() -> [(key: Key, sketch: DurationSketch)] {
        shelves.keys.flatMap { stage in
            (shelves[stage]?.takeChanged() ?? []).map {
                (Key(type: stage.type, stage: stage.name, measure: $0.measure, size: $0.size), $0.sketch)
            }
        }
    }

    /// Says that these could not be kept, and have changed as ever.
    package mutating func didNotKeep(_ keys: some Sequence<Key>) {
        for key in keys { shelves[Stage(type: key.type, name: key.stage)]?[key.measure, key.size].hasChanged = true }
    }

    /// The sketch that knows best: that of the size, of its neighbours the one that has seen more, of those a step further, of all sizes.
    package func best(_ measure: Measure, of stage: String, type: TaskType, size: SizeClass) -> DurationSketch? {
        var key = Key(type: type, stage: stage, measure: measure, size: size)
        if size != .any {
            if let own = self[key], own.count >= Self.sufficiency { return own }
            for distance in 1...2 {
                var best: DurationSketch?
                for neighbour in [size.advanced(by: -distance), size.advanced(by: distance)] {
                    guard let neighbour else { continue }
                    key.size = neighbour
                    if let sketch = self[key], sketch.count >= Self.sufficiency, sketch.count > best?.count ?? 0 { best = sketch }
                }
                if let best { return best }
            }
        }
        key.size = .any
        return self[key]
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
