/// All of one invocation, as `--json` writes it.
struct RunReport: Encodable {
    let startedAt: String
    let arguments: [String]
    let machine: Machine
    var texts = ""
    var scenarios: [ScenarioReport] = []

    init(startedAt: String, arguments: [String], machine: Machine) {
        self.startedAt = startedAt
        self.arguments = arguments
        self.machine = machine
    }

    var passed: Bool { scenarios.allSatisfy(\.passed) }
}
