/// Something a run has to prove before its figures mean anything.
struct Check: Encodable {
    let statement: String
    let passed: Bool
    let detail: String

    init(_ statement: String, _ passed: Bool, _ detail: String) {
        self.statement = statement
        self.passed = passed
        self.detail = detail
    }
}
