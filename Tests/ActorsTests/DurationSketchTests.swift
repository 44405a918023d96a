import Knowledge
import Testing

@testable import Actors

struct DurationSketchTests {
    private static func draw(_ count: Int, seed: UInt64, spread: Double) -> [Double] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { _ in random.logNormal(median: 0.3, sigma: spread) }
    }

    private static func exact(_ values: [Double], _ share: Double) -> Double {
        let sorted = values.sorted()
        return sorted[min(sorted.count - 1, max(0, Int((share * Double(sorted.count)).rounded(.up)) - 1))]
    }

    @Test(arguments: [0.0, 0.1, 0.5, 1, 2], [UInt64](1...8))
    func quantilesAreWithinTheAccuracy(spread: Double, seed: UInt64) throws {
        let values = Self.draw(1000, seed: seed, spread: spread)
        var sketch = DurationSketch()
        for value in values { sketch.add(value) }
        for share in [0, 0.01, 0.25, 0.5, 0.75, 0.9, 0.99, 1] {
            let exact = Self.exact(values, share)
            let found = try #require(sketch.quantile(share))
            #expect(abs(found - exact) <= exact * (DurationSketch.accuracy + 1e-9), "\(share): \(found) for \(exact)")
        }
        let mean = values.reduce(0, +) / Double(values.count)
        #expect(abs(try #require(sketch.mean) - mean) < mean * 1e-6)
    }

    @Test(arguments: [UInt64](1...8))
    func aConditionalQuantileIsThatOfTheLongerOnes(seed: UInt64) throws {
        let values = Self.draw(1000, seed: seed, spread: 0.7)
        var sketch = DurationSketch()
        for value in values { sketch.add(value) }
        for floor in [0.05, 0.2, 0.3, 0.5, 0.8] {
            let longer = values.filter { $0 > floor }
            let found = try #require(sketch.quantile(0.5, above: floor))
            #expect(found >= floor)
            // The bucket in which the floor lies is counted in part: the rank may be off by some of its values.
            let width = Double(values.filter { abs($0 - floor) < floor * 0.05 }.count) / Double(longer.count)
            let bounds = Self.exact(longer, max(0, 0.5 - width)) * 0.98...Self.exact(longer, min(1, 0.5 + width)) * 1.02
            #expect(bounds.contains(found), "above \(floor): \(found), not in \(bounds)")
        }
        #expect(sketch.quantile(0.5, above: Self.exact(values, 1) * 1.1) == nil)
    }

    @Test(arguments: [UInt64](1...8))
    func mergingIsAddingBoth(seed: UInt64) throws {
        let (left, right) = (Self.draw(400, seed: seed, spread: 1), Self.draw(300, seed: seed + 100, spread: 0.2))
        var (first, second, both) = (DurationSketch(), DurationSketch(), DurationSketch())
        for value in left { first.add(value) }
        for value in right { second.add(value) }
        for value in left + right { both.add(value) }
        first.merge(second)
        for share in [0, 0.1, 0.5, 0.9, 1] { #expect(first.quantile(share) == both.quantile(share)) }
        #expect(first.count == 700)
    }

    @Test func recentBehaviourCounts() throws {
        var sketch = DurationSketch()
        for _ in 0..<100_000 { sketch.add(1) }
        for _ in 0..<3000 { sketch.add(10) }
        #expect(abs(try #require(sketch.quantile(0.5)) - 10) < 0.3)
        #expect(sketch.count <= DurationSketch.capacity)
        for _ in 0..<100_000 { sketch.add(10) }
        #expect(try #require(sketch.quantile(0)) > 9)
        #expect(abs(try #require(sketch.mean) - 10) < 0.5)
    }

    @Test func memoryIsBoundedAndTheLongOnesStayExact() throws {
        var sketch = DurationSketch()
        var random = SplitMix64(seed: 3)
        var values: [Double] = []
        for _ in 0..<1000 {
            let value = random.logUniform(in: DurationSketch.range)
            values.append(value)
            sketch.add(value)
        }
        sketch.add(.infinity)
        sketch.add(-1)
        sketch.add(.nan)
        #expect(sketch.encoded.count < 2 * DurationSketch.bucketLimit + 32)
        for share in [0.5, 0.9, 0.99] {
            let exact = Self.exact(values + [DurationSketch.range.upperBound, DurationSketch.range.lowerBound], share)
            let found = try #require(sketch.quantile(share))
            #expect(abs(found - exact) <= exact * 0.0201)
        }
    }

    @Test(arguments: [0, 1, 5, 900, 20_000])
    func bytesTellTheSame(count: Int) throws {
        var sketch = DurationSketch()
        for value in Self.draw(count, seed: 9, spread: 1) { sketch.add(value) }
        let read = try #require(DurationSketch(encoded: sketch.encoded))
        #expect(read.encoded == sketch.encoded)
        #expect(abs(read.count - sketch.count) < 16)
        if count == 0 {
            #expect(read.isEmpty)
            #expect(read.quantile(0.5) == nil && read.mean == nil)
        } else {
            #expect(abs(try #require(read.quantile(0.5)) / #require(sketch.quantile(0.5)) - 1) < 0.05)
            #expect(abs(try #require(read.mean) / #require(sketch.mean) - 1) < 0.001)
        }
    }

    @Test func bytesOfOthersAreRefused() {
        var sketch = DurationSketch()
        for value in [0.1, 0.2, 3] { sketch.add(value) }
        let bytes = sketch.encoded
        for length in 0..<bytes.count { #expect(DurationSketch(encoded: Array(bytes[..<length])) == nil) }
        #expect(DurationSketch(encoded: bytes + [0]) == nil)
        #expect(DurationSketch(encoded: [2] + bytes.dropFirst()) == nil)
        var random = SplitMix64(seed: 5)
        for _ in 0..<5000 {
            var damaged = bytes
            damaged[Int(random.uniform(to: Double(bytes.count)))] = UInt8(random.uniform(to: 256))
            // Whatever it says, it says it without a trap.
            _ = DurationSketch(encoded: damaged)?.quantile(0.5)
        }
    }
}
