import Glibc

/// Draws of a seed. SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators").
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    mutating func uniform(to limit: Double) -> Double { Double.random(in: 0..<limit, using: &self) }

    /// Of mean 1.
    mutating func exponential() -> Double { -log(1 - uniform(to: 1)) }

    /// Box and Muller, "A note on the generation of random normal deviates".
    mutating func normal() -> Double { (2 * exponential()).squareRoot() * cos(uniform(to: 2 * .pi)) }

    mutating func logNormal(median: Double, sigma: Double) -> Double { median * exp(sigma * normal()) }

    /// Each order of magnitude as likely.
    mutating func logUniform(in range: ClosedRange<Double>) -> Double {
        range.lowerBound * exp(uniform(to: log(range.upperBound / range.lowerBound)))
    }
}
