import Glibc
import Knowledge

/// Draws from the distributions that tests need.
extension SplitMix64 {
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
