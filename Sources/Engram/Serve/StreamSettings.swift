import HTTP

/// How many streams may be open at once. 0 is without limit.
struct StreamSettings: Equatable {
    /// `nil` is as many as the process may open files, less what the rest needs.
    var total: Int?
    var perKey = 0
    var perAddress = 0

    /// - Parameter openFiles: how many files the process may have open.
    func limits(openFiles: Int) -> StreamQuota.Limits {
        func limit(_ value: Int) -> Int? { value == 0 ? nil : value }
        return StreamQuota.Limits(
            total: limit(total ?? OpenFiles.leftForStreams(of: openFiles)), perKey: limit(perKey), perAddress: limit(perAddress))
    }

    /// As an operator reads them.
    var settings: [(name: String, value: String)] {
        func shown(_ value: Int) -> String { value == 0 ? "unbounded" : "\(value)" }
        return [
            ("streams", total.map(shown) ?? "by the limit on open files"), ("streams_per_key", shown(perKey)),
            ("streams_per_address", shown(perAddress))
        ]
    }
}
