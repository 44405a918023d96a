/// What one scenario measured and what was verified.
struct ScenarioReport: Encodable {
    let scenario: String
    var figures: [Figure] = []
    var checks: [Check] = []
    /// Circumstances that a reader of the figures should know.
    var notes: [String] = []
    /// Why it broke off.
    var failure: String?
    var seconds = 0.0
    var load: MachineLoad?

    init(_ scenario: ScenarioName) {
        self.init(named: scenario.rawValue)
    }

    init(named name: String) {
        scenario = name
    }

    var passed: Bool { failure == nil && !checks.isEmpty && checks.allSatisfy(\.passed) }
}
