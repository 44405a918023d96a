import Glibc

/// Quantiles of durations to within ``accuracy``, relative to their value, in bounded memory: DDSketch (C. Masson, J. E. Rim, H. K. Lee,
/// "DDSketch: A Fast and Fully-Mergeable Quantile Sketch with Relative-Error Guarantees", PVLDB 12(12), 2019) with logarithmic
/// buckets, of which the lowest are collapsed when there are too many.
///
/// It forgets: beyond ``capacity`` values every weight is halved, so that what happened lately counts most.
/// Adding is O(1) but for growth; quantiles are O(buckets).
package struct DurationSketch: Sendable, Equatable {
    /// A quantile is wrong by this share of itself at most, unless it lies among the collapsed lowest.
    package static let accuracy = 0.02
    package static let bucketLimit = 512
    /// How much weight there may be before all of it is halved.
    package static let capacity: Float = 1024
    /// What is held is clamped to these seconds.
    package static let range = 1e-6...1e7

    /// The bound of a bucket divided by the one below.
    private static let growth = (1 + accuracy) / (1 - accuracy)
    private static let scale = 1 / log(growth)
    /// A bucket that has faded below this is empty.
    private static let faintest: Float = 1 / 16

    /// The bucket of ``weights``' first element; bucket `i` holds the seconds in `(growth^(i-1), growth^i]`.
    private var first = 0
    private var weights: [Float] = []
    /// Of all values, faded as they are.
    package private(set) var count: Float = 0
    private var sum = 0.0

    package init() {}

    package var isEmpty: Bool { weights.isEmpty }

    /// The mean of the values, exact up to their fading; `nil` without values.
    package var mean: Double? { isEmpty ? nil : sum / Double(count) }

    /// - Parameter seconds: what is no number is passed over.
    package mutating func add(_ seconds: Double) {
        guard !seconds.isNaN else { return }
        let seconds = min(max(seconds, Self.range.lowerBound), Self.range.upperBound)
        add(1, toBucket: Self.bucket(of: seconds))
        count += 1
        sum += seconds
        while count > Self.capacity { fade() }
    }

    package mutating func merge(_ other: DurationSketch) {
        for (offset, weight) in other.weights.enumerated() where weight > 0 { add(weight, toBucket: other.first + offset) }
        count += other.count
        sum += other.sum
        while count > Self.capacity { fade() }
    }

    /// The value that this share of all are not above; `nil` without values.
    /// - Parameter share: 0…1.
    package func quantile(_ share: Double) -> Double? {
        guard !isEmpty else { return nil }
        return value(atRank: Float(share) * count, from: 0, partOfFirst: 1)
    }

    /// The same among those values that are above `floor`; `nil` when none is.
    package func quantile(_ share: Double, above floor: Double) -> Double? {
        guard floor > Self.range.lowerBound else { return quantile(share) }
        let start = max(0, Self.bucket(of: min(floor, Self.range.upperBound)) - first)
        guard start < weights.count else { return nil }
        // Of the bucket in which the floor lies, what is above it: values are taken to be spread evenly there.
        let upper = Self.upperBound(of: first + start)
        let lower = upper / Self.growth
        let part = Float(min(1, max(0, (upper - floor) / (upper - lower))))
        let total = weights[(start + 1)...].reduce(weights[start] * part, +)
        guard total > Self.faintest else { return nil }
        return value(atRank: Float(share) * total, from: start, partOfFirst: part).map { max($0, floor) }
    }

    private func value(atRank rank: Float, from start: Int, partOfFirst part: Float) -> Double? {
        var below: Float = 0
        var last: Int?
        for index in start..<weights.count where weights[index] > 0 {
            below += index == start ? weights[index] * part : weights[index]
            last = index
            if below >= rank, below > 0 { break }
        }
        return last.map { 2 * Self.upperBound(of: first + $0) / (1 + Self.growth) }
    }

    private static func bucket(of seconds: Double) -> Int { Int((log(seconds) * scale).rounded(.up)) }

    private static func upperBound(of bucket: Int) -> Double { exp(Double(bucket) / scale) }

    private mutating func add(_ weight: Float, toBucket bucket: Int) {
        if weights.isEmpty {
            first = bucket
            weights = [weight]
            return
        }
        var index = bucket - first
        if index < 0 {
            let room = Self.bucketLimit - weights.count
            let more = min(-index, room)
            if more > 0 {
                weights.insert(contentsOf: repeatElement(0, count: more), at: 0)
                first -= more
            }
            index = max(0, bucket - first)
        } else if index >= weights.count {
            weights.append(contentsOf: repeatElement(0, count: index + 1 - weights.count))
            let surplus = weights.count - Self.bucketLimit
            if surplus > 0 {
                let collapsed = weights[..<surplus].reduce(0, +)
                weights.removeFirst(surplus)
                first += surplus
                index -= surplus
                weights[0] += collapsed
            }
        }
        weights[index] += weight
    }

    /// Halves what is held, and forgets what has become too little to matter.
    private mutating func fade() {
        let mean = sum / Double(count)
        for index in weights.indices {
            weights[index] /= 2
            if weights[index] < Self.faintest { weights[index] = 0 }
        }
        while weights.last == 0 { weights.removeLast() }
        let leading = weights.prefix { $0 == 0 }.count
        weights.removeFirst(leading)
        first += leading
        count = weights.reduce(0, +)
        sum = mean * Double(count)
    }
}

extension DurationSketch {
    private static let version: UInt8 = 1
    /// Weights are written in these.
    private static let grain: Float = 16

    /// Some bytes a bucket that is not empty; what ``init(encoded:)`` reads, weights rounded to sixteenths.
    package var encoded: [UInt8] {
        var bytes = [Self.version]
        func put(_ value: UInt64) {
            var rest = value
            while rest >= 0x80 {
                bytes.append(UInt8(rest & 0x7F) | 0x80)
                rest >>= 7
            }
            bytes.append(UInt8(rest))
        }
        put(UInt64(bitPattern: Int64(first << 1 ^ first >> 63)))
        put(UInt64((mean ?? 0) * 1e6))
        put(UInt64(weights.count))
        for weight in weights { put(UInt64((weight * Self.grain).rounded())) }
        return bytes
    }

    /// `nil` when the bytes are of another version, or nothing that was ever written.
    package init?(encoded: [UInt8]) {
        var rest = encoded[...]
        func next() -> UInt64? {
            var value: UInt64 = 0
            for shift in stride(from: UInt64(0), to: 63, by: 7) {
                guard let byte = rest.popFirst() else { return nil }
                value |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return value }
            }
            return nil
        }
        guard rest.popFirst() == Self.version, let zigzag = next(), let mean = next(), let buckets = next(),
            buckets <= UInt64(Self.bucketLimit)
        else { return nil }
        let lowest = Int64(zigzag >> 1) ^ -Int64(zigzag & 1)
        guard (-10_000...10_000).contains(lowest) else { return nil }
        for _ in 0..<buckets {
            guard let grains = next(), grains <= UInt64(2 * Self.capacity * Self.grain) else { return nil }
            weights.append(Float(grains) / Self.grain)
        }
        guard rest.isEmpty else { return nil }
        first = Int(lowest)
        count = weights.reduce(0, +)
        if count == 0 { weights = [] }
        sum = Double(mean) / 1e6 * Double(count)
    }
}
