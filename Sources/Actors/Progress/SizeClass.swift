/// How large a task's input is, roughly: by powers of two, bounded at both ends.
package struct SizeClass: Hashable, Sendable {
    /// 1 KB and less, up to 16 MB and more; or ``any``'s.
    package let rawValue: Int

    /// Inputs of every size, and of none.
    package static let any = SizeClass(unchecked: -1)
    package static let bounds = 10...24

    package init(bytes: Int) {
        let exponent = Int.bitWidth - (max(1, bytes) - 1).leadingZeroBitCount
        self.init(unchecked: min(max(exponent, Self.bounds.lowerBound), Self.bounds.upperBound))
    }

    /// `nil` for what no size class has.
    package init?(rawValue: Int) {
        guard rawValue == Self.any.rawValue || Self.bounds.contains(rawValue) else { return nil }
        self.init(unchecked: rawValue)
    }

    private init(unchecked rawValue: Int) {
        self.rawValue = rawValue
    }

    /// The class that is this much larger, if there is one.
    func advanced(by steps: Int) -> SizeClass? {
        guard self != .any, Self.bounds.contains(rawValue + steps) else { return nil }
        return SizeClass(unchecked: rawValue + steps)
    }
}
