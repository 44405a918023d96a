/// One measured number.
struct Figure: Encodable {
    struct Target: Encodable {
        enum Direction: String, Encodable {
            case atLeast, atMost
        }

        let direction: Direction
        let value: Double

        static func atLeast(_ value: Double) -> Target { Target(direction: .atLeast, value: value) }
        static func atMost(_ value: Double) -> Target { Target(direction: .atMost, value: value) }

        func isMet(by measured: Double) -> Bool {
            switch direction {
            case .atLeast: measured >= value
            case .atMost: measured <= value
            }
        }
    }

    let name: String
    let unit: String
    /// Absent when there was nothing to measure.
    let value: Double?
    let target: Target?
    let targetMet: Bool?

    init(_ name: String, _ value: Double, _ unit: String, target: Target? = nil) {
        self.name = name
        self.unit = unit
        self.value = value.isFinite ? value : nil
        self.target = target
        targetMet = target.map { value.isFinite && $0.isMet(by: value) }
    }
}
